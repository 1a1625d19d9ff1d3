import { type InstanceStatusReportedV1 } from '@app/contracts';
import { Backoff } from '@app/resilience';
import { eventually } from '@app/testing';
import { Logger } from '@nestjs/common';
import { ReportOutbox } from './report-outbox';

const report = (
  instance: string,
  sequence: number,
  over: Partial<InstanceStatusReportedV1> = {},
): InstanceStatusReportedV1 => ({
  v: 1,
  report_id: `r-${sequence}`,
  instance_id: instance,
  generation: 1,
  sequence,
  phase: 'running',
  reason: '',
  at: '2026-01-01T00:00:00.000Z',
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

/** A queue that can be away. */
class Sink {
  readonly taken: InstanceStatusReportedV1[] = [];
  isAway = true;
  tries = 0;
  readonly send = (reports: readonly InstanceStatusReportedV1[]): Promise<void> => {
    this.tries += 1;
    if (this.isAway) return Promise.reject(new Error('away'));
    this.taken.push(...reports);
    return Promise.resolve();
  };
  readonly sequences = (): number[] => this.taken.map(({ sequence }) => sequence);
}

const quick = (): Backoff => new Backoff({ initialMs: 1, maxMs: 5 });

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('ReportOutbox', () => {
  it('sends in order what waited while the queue was away', async () => {
    const sink = new Sink();
    let recovered = 0;
    const outbox = new ReportOutbox(sink.send, () => (recovered += 1), quick());
    outbox.push(report('a', 1, { phase: 'creating' }));
    outbox.push(report('b', 2, { phase: 'creating' }));
    outbox.push(report('a', 3, { phase: 'created' }));
    outbox.push(report('a', 4));
    await eventually(() => {
      expect(sink.tries).toBeGreaterThan(1);
    });
    sink.isAway = false;
    await eventually(() => {
      expect(sink.sequences()).toEqual([1, 2, 3, 4]);
    });
    expect(outbox.pending).toBe(0);
    expect(recovered).toBe(1);
  });

  it('keeps the newest of one phase, with all that the older ones alone said', async () => {
    const sink = new Sink();
    const outbox = new ReportOutbox(sink.send, undefined, quick());
    const error = { message: 'm', exit_code: 1, oom_killed: false, output: [], at: '' };
    outbox.push(
      report('a', 1, { phase: 'creating', last_error: error, secrets_read: [{ ref: 'x', version: 1 }] }),
    );
    await eventually(() => {
      expect(outbox.pending).toBe(1);
    });
    outbox.push(
      report('a', 2, { phase: 'creating', reason: 'half', secrets_read: [{ ref: 'y', version: 1 }] }),
    );
    outbox.push(report('a', 3, { phase: 'creating', reason: 'done' }));
    sink.isAway = false;
    await outbox.stop();
    expect(sink.taken.at(-1)).toMatchObject({ sequence: 3, reason: 'done' });
    expect(sink.taken.flatMap(({ secrets_read }) => secrets_read.map(({ ref }) => ref)).sort()).toEqual([
      'x',
      'y',
    ]);
    expect(sink.taken.some(({ last_error }) => last_error?.message === 'm')).toBe(true);
  });

  it('keeps a bounded number per instance and never loses the newest', async () => {
    const sink = new Sink();
    const outbox = new ReportOutbox(sink.send, undefined, quick());
    for (let i = 1; i <= 500; i += 1)
      outbox.push(report('a', i, { phase: i % 2 === 0 ? 'running' : 'restarting' }));
    await eventually(() => {
      expect(outbox.pending).toBeLessThanOrEqual(21);
    });
    sink.isAway = false;
    await outbox.stop();
    expect(sink.sequences().at(-1)).toBe(500);
    expect(sink.sequences()).toEqual([...sink.sequences()].sort((a, b) => a - b));
  });
});
