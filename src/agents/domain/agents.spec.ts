import { averageSteps } from './averages';
import { CAPABILITY_PATTERN } from './capability';
import { nextHeartbeatS, paceFor } from './pace';
import { afterRegistration, afterSilence, afterWish } from './registration';

describe('the pace of heartbeats', () => {
  it.each([
    [0, 5, 30],
    [200, 5, 30],
    [1_000, 25, 75],
    [100_000, 300, 900],
  ])('of %i agents is one in %i s, and a lease of %i s', (agents, intervalS, leaseS) => {
    expect(paceFor(agents)).toMatchObject({ intervalS, leaseS });
  });

  it('is never slower than was planned, however the dice fall', () => {
    const pace = paceFor(1_000);
    expect([nextHeartbeatS(pace, 0), nextHeartbeatS(pace, 0.999)]).toEqual([25, 20]);
  });
});

describe('what becomes of an agent', () => {
  it.each([
    [
      { status: 'lost', drainedBy: null },
      { status: 'active', drainedBy: null },
    ],
    [
      { status: 'offline', drainedBy: 'agent' },
      { status: 'active', drainedBy: null },
    ],
    [
      { status: 'lost', drainedBy: 'operator' },
      { status: 'draining', drainedBy: 'operator' },
    ],
  ] as const)('that was %o and registers: %o', (before, after) => {
    expect(afterRegistration(before)).toEqual(after);
  });

  it('that is not there is drained when it comes back', () => {
    const lost = { status: 'lost', drainedBy: null } as const;
    expect(afterWish(lost, 'draining', 'operator')).toEqual({ status: 'lost', drainedBy: 'operator' });
    expect(afterWish({ status: 'active', drainedBy: null }, 'draining', 'agent').status).toBe('draining');
  });

  it('that had said it ends is no loss', () => {
    expect(afterSilence({ status: 'draining', drainedBy: 'agent' })).toBe('offline');
    expect(afterSilence({ status: 'draining', drainedBy: 'operator' })).toBe('lost');
  });
});

describe('averages', () => {
  it('take several outcomes as one step, as if they had come one by one', () => {
    const outcomes = [true, false, true].map((failed) => ({ agentId: 'a', failed, latencyMs: 10 }));
    const [step, ...others] = averageSteps([...outcomes, { agentId: 'b', failed: false }]);
    expect(others).toMatchObject([{ agentId: 'b', errorAdd: 0, latencyFirst: null }]);
    let rate = 0.5;
    for (const { failed } of outcomes) rate = rate * 0.8 + (failed ? 0.2 : 0);
    expect(0.5 * (step?.errorKeep ?? 0) + (step?.errorAdd ?? 0)).toBeCloseTo(rate);
    expect(step?.latencyFirst).toBeCloseTo(10);
  });
});

it.each([
  ['data-processing', true],
  ['gpu:a100', true],
  ['x', true],
  ['Two', false],
  ['two words', false],
  ['-a', false],
  ['a-', false],
  ['a'.repeat(65), false],
])('the capability %s: %s', (text, isOne) => {
  expect(CAPABILITY_PATTERN.test(text)).toBe(isOne);
});
