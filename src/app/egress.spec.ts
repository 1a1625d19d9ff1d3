import { egressPolicy } from './egress';
import { Settings } from './settings';

const policy = (given: Partial<Settings>) =>
  egressPolicy(Object.assign(new Settings(), { DATABASE_URL: 'postgres://127.0.0.1/quayside', ...given }));

describe('the policy of outgoing requests', () => {
  it.each<[boolean, Partial<Settings>]>([
    [true, {}],
    [true, { SERVER_HOST: '::1' }],
    [true, { PUBLIC_URL: 'http://localhost:81,http://[::1]:81' }],
    [false, { SERVER_HOST: '0.0.0.0' }],
    [false, { PUBLIC_URL: 'https://quayside.example.com' }],
    [false, { PUBLIC_URL: 'http://localhost:81,https://quayside.example.com' }],
  ])('is %s local for %j', (isLocal, given) => {
    expect(policy(given).localMode).toBe(isLocal);
  });
});
