import { KnownValues } from './known-values';
import { Metrics } from './metrics';

const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.scrape()).split('\n').filter((line) => line.startsWith(name));

describe('metrics', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = new Metrics();
  });

  it('are printed with their labels, whatever those hold', async () => {
    const calls = metrics.counter('calls_total', 'Calls.', { labels: ['tool', 'outcome'] });
    calls.of('say "hi"\n\\', 'ok').add();
    calls.of('say "hi"\n\\', 'ok').add(2);
    expect(await linesOf(metrics, 'quayside_calls_total')).toEqual([
      'quayside_calls_total{tool="say \\"hi\\"\\n\\\\",outcome="ok"} 3',
    ]);
  });

  it('say what they are', async () => {
    metrics.gauge('open', 'What is open.');
    const text = await metrics.scrape();
    expect(text).toContain(
      '# HELP quayside_open What is open.\n# TYPE quayside_open gauge\nquayside_open 0\n',
    );
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('count into the first bucket that is not too small, and into all larger ones', async () => {
    const waits = metrics.histogram('wait_seconds', 'Waits.', { labels: ['face'], bounds: [0.1, 1] });
    for (const value of [0.1, 0.5, 7]) waits.of('all').observe(value);
    expect(await linesOf(metrics, 'quayside_wait')).toEqual([
      'quayside_wait_seconds_bucket{face="all",le="0.1"} 1',
      'quayside_wait_seconds_bucket{face="all",le="1"} 2',
      'quayside_wait_seconds_bucket{face="all",le="+Inf"} 3',
      'quayside_wait_seconds_sum{face="all"} 7.6',
      'quayside_wait_seconds_count{face="all"} 3',
    ]);
  });

  it('keep the names of a convention as they are', async () => {
    metrics.counter('mcp_things_total', 'Things.', { isConvention: true });
    expect(await linesOf(metrics, 'mcp_things_total')).toEqual(['mcp_things_total 0']);
  });

  it('are the same family for everybody who asks for it, and refuse another type', () => {
    metrics.counter('calls_total', 'Calls.').of().add();
    expect(metrics.counter('calls_total', 'Calls.').of().value).toBe(1);
    expect(() => metrics.gauge('calls_total', 'Calls.')).toThrow('another type');
  });

  it('forget what is gone', async () => {
    const circuits = metrics.gauge('circuit_state', 'Circuits.', { labels: ['instance'] });
    circuits.of('a').set(2);
    circuits.of('b').set(1);
    circuits.forget('instance', 'a');
    expect(await linesOf(metrics, 'quayside_circuit')).toEqual(['quayside_circuit_state{instance="b"} 1']);
    circuits.of('a').add();
    expect(circuits.of('a').value).toBe(1);
  });

  it('are read from memory when somebody scrapes', async () => {
    const size = metrics.gauge('size', 'Size.');
    metrics.onScrape(() => {
      size.of().set(7);
    });
    expect(await linesOf(metrics, 'quayside_size')).toEqual(['quayside_size 7']);
  });

  it('stay small whatever is counted', async () => {
    const calls = metrics.counter('calls_total', 'Calls.', { labels: ['tool'] });
    for (let tool = 0; tool < 20_000; tool += 1) calls.of(String(tool)).add();
    expect(calls.size).toBe(5_000);
    expect(await linesOf(metrics, 'quayside_calls_total')).toHaveLength(5_000);
  });
});

describe('values that become labels', () => {
  it('are themselves up to a bound, then other', () => {
    const known = new KnownValues(2);
    expect(['a', 'b', 'c', 'a'].map((value) => known.of(value))).toEqual(['a', 'b', 'other', 'a']);
    known.forget('a');
    expect(['c', 'a'].map((value) => known.of(value))).toEqual(['c', 'other']);
  });
});
