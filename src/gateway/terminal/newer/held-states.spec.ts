import { randomBytes } from 'node:crypto';
import { Keyring } from '@app/security';
import { HeldStates } from './held-states';

const STATE = { call: 'c-1', round: 1 };
const BINDING = {
  principalId: 'ada',
  route: 'all',
  method: 'tools/call',
  params: { name: 't', arguments: { a: 1, b: [{ c: 2, d: 3 }] } },
};

describe('HeldStates', () => {
  const states = new HeldStates(Keyring.fromSetting(randomBytes(32).toString('base64')));

  it('opens for the same request, however its client writes it', () => {
    const params = {
      inputResponses: { q1: {} },
      requestState: 'x',
      _meta: { progressToken: 2 },
      arguments: { b: [{ d: 3, c: 2 }], a: 1 },
      name: 't',
    };
    expect(states.open(states.seal(STATE, BINDING), { ...BINDING, params })).toEqual(STATE);
  });

  it.each([
    ['another caller', { principalId: 'eve' }],
    ['another endpoint', { route: 'endpoint:all' }],
    ['another method', { method: 'prompts/get' }],
    ['other arguments', { params: { name: 't', arguments: { a: 1, b: [{ c: 2, d: 4 }] } } }],
  ])('does not open for %s', (_what, other) => {
    expect(states.open(states.seal(STATE, BINDING), { ...BINDING, ...other })).toBeUndefined();
  });

  it('does not open what it did not seal', () => {
    expect(states.open(`${states.seal(STATE, BINDING)}-TAMPERED`, BINDING)).toBeUndefined();
    expect(states.open('', BINDING)).toBeUndefined();
  });
});
