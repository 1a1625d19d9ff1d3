import { type InstancePhase, type InstanceStatusReportedV1 } from '@app/contracts';
import { type KnownStatus, type OpenOperation, type ReportedInstance, StatusChange } from './status-change';

const INSTANCE: ReportedInstance = {
  id: 'i1',
  name: 'echo',
  workspace_id: 'w1',
  desired_state: 'running',
  generation: 1,
};
const AT = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const report = (
  sequence: number,
  phase: InstancePhase,
  over: Partial<InstanceStatusReportedV1> = {},
): InstanceStatusReportedV1 => ({
  v: 1,
  report_id: `r${String(sequence)}`,
  instance_id: 'i1',
  generation: 1,
  sequence,
  phase,
  reason: `It is ${phase}.`,
  at: AT(sequence),
  attempt: 0,
  next_attempt_at: null,
  containers: [],
  upstream: null,
  tools: null,
  era: null,
  latency_ms: null,
  secret_delivery: null,
  secret_delivery_reason: null,
  secrets_read: [],
  ...over,
});

const known = (over: Partial<KnownStatus> = {}): KnownStatus => ({
  generation: 1,
  sequence: 10,
  phase: 'running',
  reason: 'It is running.',
  since: new Date(AT(1)),
  last_error: null,
  secret_delivery: null,
  secret_delivery_reason: null,
  ...over,
});

const operation: OpenOperation = {
  id: 'o1',
  kind: 'create',
  generation: 1,
  status: 'pending',
  progress: 0,
  steps: [],
  error: null,
  finishedAt: null,
};

const error = (second: number) => ({
  message: `at ${String(second)}`,
  exit_code: 1,
  oom_killed: false,
  output: [],
  at: AT(second),
});

describe('reports of one instance that were told together', () => {
  it('leave every phase in the history and only the last as the status', () => {
    const change = new StatusChange(INSTANCE, undefined, [operation]);
    const facts = (['creating', 'created', 'starting', 'running'] as const).flatMap((phase, at) =>
      change.take(report(at + 1, phase)),
    );
    expect(facts.map(({ name }) => name)).toEqual([
      'mcp.instance.creating',
      'mcp.instance.created',
      'mcp.instance.starting',
      'mcp.instance.running',
    ]);
    expect(change.status).toMatchObject({ phase: 'running', sequence: 4, since: new Date(AT(4)) });
    expect(change.operations).toMatchObject([
      {
        id: 'o1',
        status: 'succeeded',
        progress: 1,
        steps: [{ name: 'creating' }, { name: 'created' }, { name: 'starting' }, { name: 'running' }],
      },
    ]);
  });

  it('change nothing when they are older than what is known', () => {
    const change = new StatusChange(INSTANCE, known(), [operation]);
    expect([...change.take(report(10, 'failed')), ...change.take(report(9, 'starting'))]).toEqual([]);
    expect(change.status).toBeUndefined();
    expect(change.operations).toEqual([]);
  });

  it('tell again without being news, and keep since when the phase began', () => {
    const change = new StatusChange(INSTANCE, known(), []);
    expect(change.take(report(11, 'running'))).toEqual([]);
    expect(change.status).toMatchObject({ sequence: 11, since: new Date(AT(1)) });
    const flapped = new StatusChange(INSTANCE, known(), []);
    flapped.take(report(11, 'unhealthy'));
    flapped.take(report(12, 'running'));
    expect(flapped.status).toMatchObject({ phase: 'running', since: new Date(AT(12)) });
  });

  it('keep the newest error of a generation, also one that was overtaken', () => {
    const change = new StatusChange(INSTANCE, known({ last_error: error(3) }), []);
    change.take(report(9, 'failed', { last_error: error(2) }));
    expect(change.status).toBeUndefined();
    change.take(report(9, 'failed', { last_error: error(5) }));
    expect(change.status).toMatchObject({ sequence: 10, report: undefined, last_error: { message: 'at 5' } });
    change.take(report(11, 'running'));
    expect(change.status?.last_error).toMatchObject({ message: 'at 5' });
    change.take(report(12, 'running', { generation: 2 }));
    expect(change.status?.last_error).toBeNull();
  });

  it('keep how secrets were delivered while the generation stays', () => {
    const change = new StatusChange(INSTANCE, known({ secret_delivery: 'launcher' }), []);
    change.take(report(11, 'running'));
    expect(change.status?.secret_delivery).toBe('launcher');
    change.take(report(12, 'running', { generation: 2 }));
    expect(change.status?.secret_delivery).toBeNull();
  });

  it('end with the deletion that was asked for, and say nothing after it', () => {
    const deleted = { ...INSTANCE, desired_state: 'deleted', generation: 2 } as const;
    const early = new StatusChange(deleted, known(), []);
    early.take(report(11, 'deleted'));
    expect(early.isEnded).toBe(false);
    early.take(report(12, 'deleted', { generation: 2 }));
    expect(early.isEnded).toBe(true);
    expect(early.take(report(13, 'running', { generation: 2 }))).toEqual([]);
    expect(early.status?.phase).toBe('deleted');
  });
});
