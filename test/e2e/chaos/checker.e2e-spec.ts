import { brokenPromises } from './support/checker';
import { type Operation, type Outcome } from './support/history';
import { Random } from './support/random';
import { type EventRecord, type InstanceRecord, type Records } from './support/records';

const OK: Outcome = { kind: 'acknowledged', status: 202 };
const AWAY: Outcome = {
  kind: 'refused',
  status: 503,
  code: 'database_unavailable',
  isProblem: true,
  retryAfter: '2',
};
const SILENCE: Outcome = { kind: 'unanswered', why: 'the connection broke' };

const row: InstanceRecord = {
  id: 'i-1',
  name: 'a',
  description: 'a changed',
  desired_state: 'stopped',
  generation: 2,
  is_gone: false,
  phase: 'stopped',
  seen_generation: 2,
  creations: 1,
};
const event = (sequence: number, verb: string, correlation: string): EventRecord => ({
  id: `e-${String(sequence)}`,
  sequence,
  name: `mcp.instance.${verb}.requested`,
  aggregate_id: 'i-1',
  correlation_id: correlation,
  audits: 1,
});
const created = event(1, 'create', 'r-2');
const updated = event(2, 'update', 'r-3');
const stopped = event(3, 'stop', 'r-4');

/** A create that needed two tries, an update, a stop, and a create that nobody ever confirmed. */
const OPERATIONS: readonly Operation[] = [
  {
    instance: 'a',
    verb: 'create',
    description: 'a created',
    attempts: [
      { requestId: 'r-1', outcome: AWAY },
      { requestId: 'r-2', outcome: OK },
    ],
  },
  { instance: 'a', verb: 'update', description: 'a changed', attempts: [{ requestId: 'r-3', outcome: OK }] },
  { instance: 'a', verb: 'stop', attempts: [{ requestId: 'r-4', outcome: OK }] },
  {
    instance: 'b',
    verb: 'create',
    description: 'b created',
    attempts: [{ requestId: 'r-5', outcome: SILENCE }],
  },
];
const SOUND: Records = {
  instances: [row],
  events: [created, updated, stopped],
  statuses: [
    { instance_id: 'i-1', generation: 1, sequence: '2000000009' },
    { instance_id: 'i-1', generation: 2, sequence: '2000000010' },
  ],
  orphanedAudits: 0,
  unsent: 0,
};
const [create, update, stop, given] = OPERATIONS as [Operation, Operation, Operation, Operation];
const withRow = (change: Partial<InstanceRecord>): Records => ({
  ...SOUND,
  instances: [{ ...row, ...change }],
});
const answered = (outcome: Outcome): readonly Operation[] => [
  { ...create, attempts: [{ requestId: 'r-1', outcome }, ...create.attempts.slice(1)] },
  update,
  stop,
  given,
];

describe('the checker', () => {
  it('finds nothing in a history that is sound', () => {
    expect(brokenPromises(OPERATIONS, SOUND)).toEqual([]);
  });

  it('finds nothing where an unconfirmed write was done after all', () => {
    const other = { ...row, id: 'i-2', name: 'b', description: 'b created' };
    const running = {
      ...other,
      desired_state: 'running',
      phase: 'running',
      generation: 1,
      seen_generation: 1,
    } as const;
    const records = {
      ...SOUND,
      instances: [row, running],
      events: [...SOUND.events, { ...event(4, 'create', 'r-5'), aggregate_id: 'i-2' }],
    };
    expect(brokenPromises(OPERATIONS, records)).toEqual([]);
  });

  it.each<[string, RegExp, readonly Operation[], Records]>([
    ['a lost row', /a has 0 rows/, OPERATIONS, { ...SOUND, instances: [] }],
    ['a doubled row', /a has 2 rows/, OPERATIONS, { ...SOUND, instances: [row, { ...row, id: 'i-9' }] }],
    [
      'a lost event',
      /stop a was acknowledged and is lost/,
      OPERATIONS,
      { ...SOUND, events: [created, updated] },
    ],
    [
      'a write that happened at two tries',
      /create a happened 2 times/,
      OPERATIONS,
      { ...SOUND, events: [...SOUND.events, event(4, 'create', 'r-1')] },
    ],
    [
      'a row without its event',
      /b exists without/,
      OPERATIONS,
      { ...SOUND, instances: [row, { ...row, name: 'b' }] },
    ],
    [
      'a row that nobody asked for',
      /nobody asked for z/,
      OPERATIONS,
      { ...SOUND, instances: [row, { ...row, name: 'z' }] },
    ],
    [
      'an event that nobody asked for',
      /nobody asked for mcp.instance.delete.requested/,
      OPERATIONS,
      { ...SOUND, events: [...SOUND.events, event(4, 'delete', 'r-99')] },
    ],
    [
      'an older description',
      /the description is a created/,
      OPERATIONS,
      withRow({ description: 'a created' }),
    ],
    ['a lost wish', /the wish is running/, OPERATIONS, withRow({ desired_state: 'running' })],
    ['a generation too many', /the generation is 3/, OPERATIONS, withRow({ generation: 3 })],
    ['a status that never arrived', /the status is running/, OPERATIONS, withRow({ phase: 'running' })],
    [
      'a status of an older generation',
      /the generation seen is 1/,
      OPERATIONS,
      withRow({ seen_generation: 1 }),
    ],
    ['a lost operation', /create operations is 0/, OPERATIONS, withRow({ creations: 0 })],
    [
      'events out of order',
      /its events are numbered 2, 1, 3/,
      OPERATIONS,
      { ...SOUND, events: [event(1, 'update', 'r-3'), event(2, 'create', 'r-2'), stopped] },
    ],
    [
      'a hole in the numbers',
      /event 3 is numbered 4/,
      OPERATIONS,
      { ...SOUND, events: [created, updated, event(4, 'stop', 'r-4')] },
    ],
    [
      'an event that was never published',
      /1 events were never published/,
      OPERATIONS,
      { ...SOUND, unsent: 1 },
    ],
    [
      'a change without its audit row',
      /has 0 audit rows/,
      OPERATIONS,
      { ...SOUND, events: [created, updated, { ...stopped, audits: 0 }] },
    ],
    ['an audit row about nothing', /about nothing/, OPERATIONS, { ...SOUND, orphanedAudits: 1 }],
    [
      'a status that went back',
      /status of i-1 went back/,
      OPERATIONS,
      { ...SOUND, statuses: SOUND.statuses.toReversed() },
    ],
    ['a fault of ours', /was answered 500/, answered({ ...AWAY, status: 500 }), SOUND],
    [
      'a refusal without a problem',
      /without a problem document/,
      answered({ ...AWAY, isProblem: false }),
      SOUND,
    ],
    ['a refusal without a time', /without Retry-After/, answered({ ...AWAY, retryAfter: null }), SOUND],
  ])('finds %s', (_name, finding, operations, records) => {
    expect(brokenPromises(operations, records).join('\n')).toMatch(finding);
  });
});

describe('a seed', () => {
  it('is a whole plan: the same numbers each time, within their bounds', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 1_000 }, () => random.between(3, 7));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(1))).toEqual(new Set([3, 4, 5, 6, 7]));
  });
});
