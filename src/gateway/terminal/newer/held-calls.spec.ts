import { HeldCalls } from './held-calls';
import { type NewerCall } from './newer-call';

let made = 0;
const callOf = (callerId: string): NewerCall => ({ key: `k${++made}`, callerId }) as NewerCall;

describe('HeldCalls', () => {
  it('keeps fifty calls of one caller, and others of others', () => {
    const held = new HeldCalls<NewerCall>();
    const calls = Array.from({ length: 50 }, () => callOf('ada'));
    expect(calls.every((call) => held.admit(call))).toBe(true);
    expect(held.admit(callOf('ada'))).toBe(false);
    expect(held.admit(callOf('eve'))).toBe(true);
    const [first] = calls;
    if (first === undefined) throw new Error('There are fifty.');
    // One that is kept already asks once more.
    expect(held.admit(first)).toBe(true);
    held.release(first);
    held.release(first);
    expect(held.find(first.key)).toBeUndefined();
    expect(held.admit(callOf('ada'))).toBe(true);
    expect(held.admit(callOf('ada'))).toBe(false);
  });

  it('keeps a thousand of all callers together', () => {
    const held = new HeldCalls<NewerCall>();
    for (let index = 0; index < 1_000; index += 1) expect(held.admit(callOf(`c${index}`))).toBe(true);
    expect(held.admit(callOf('one more'))).toBe(false);
  });
});
