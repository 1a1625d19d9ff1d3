import { healthOptions } from './health';
import { type Role, ROLES } from './role';
import { unusedPlatform } from './unused-platform';

const requiredFor = (role: Role) =>
  healthOptions(unusedPlatform(role), [], () => 'process').indicators.find(({ name }) => name === 'database')
    ?.requiredFor;

describe('readiness', () => {
  it('needs the database, but not in a gateway, which serves from memory', () => {
    expect(ROLES.map((role) => [role, requiredFor(role)])).toEqual([
      ['api', 'ready'],
      ['gateway', 'info'],
      ['worker', 'ready'],
      ['provisioner', 'ready'],
      ['all-in-one', 'ready'],
    ]);
  });
});
