import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually, otlpSpansIn } from '@app/testing';
import {
  createLogger,
  Metrics,
  newTraceparent,
  requestContext,
  rootSampler,
  sampleRoots,
  Scrubber,
  type Span,
  startSpanExport,
  systemScope,
  traceIdOf,
  tracer,
} from '../index';

const LIMIT_MS = 120_000;
const spanOf = (more: Partial<Span> = {}): Span => ({
  ...{ name: 'tools/call echo', kind: 'client', traceparent: newTraceparent() },
  ...{ startedAtMs: performance.now() - 5, endedAtMs: performance.now(), ...more },
});

describe('the tracer', () => {
  const taken: Span[] = [];
  afterEach(() => {
    tracer.close();
    taken.length = 0;
  });
  const open = (): void => {
    tracer.open({ take: (span) => void taken.push(span) });
  };
  const inRequest = <T>(work: () => Promise<T>, traceparent = newTraceparent()): Promise<T> =>
    requestContext.run({ ...systemScope('test'), traceparent, traceId: traceIdOf(traceparent) }, work);

  it('does the work and nothing else while nobody collects', async () => {
    const scope = await inRequest(() =>
      tracer.within({ name: 'work' }, () => Promise.resolve(requestContext.get())),
    );
    tracer.record(spanOf());
    expect([scope?.traceparent === undefined, taken]).toEqual([false, []]);
    expect(tracer.follows(newTraceparent())).toBe(false);
  });

  it('makes what happens within a span its part', async () => {
    open();
    await inRequest(() =>
      tracer.within({ name: 'outer' }, () => tracer.within({ name: 'inner' }, () => Promise.resolve())),
    );
    const [inner, outer] = taken;
    expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
    expect(inner?.parent).toBe(outer?.traceparent);
    expect(traceIdOf(inner?.traceparent ?? '')).toBe(traceIdOf(outer?.parent ?? ''));
  });

  it('tells of a failure by its code alone, and lets it pass', async () => {
    open();
    const failure = Object.assign(new Error('the password is hunter22'), { code: 'database_unavailable' });
    await expect(inRequest(() => tracer.within({ name: 'x' }, () => Promise.reject(failure)))).rejects.toBe(
      failure,
    );
    expect(taken).toMatchObject([{ name: 'x', error: 'database_unavailable' }]);
    expect(JSON.stringify(taken)).not.toContain('hunter22');
  });

  it('keeps nothing of traces that their beginner does not keep, nor of what the clock does', async () => {
    open();
    const unsampled = newTraceparent().replace(/01$/, '00');
    await inRequest(() => tracer.within({ name: 'x' }, () => Promise.resolve()), unsampled);
    await requestContext.run(systemScope('sweep'), () =>
      tracer.within({ name: 'y' }, () => Promise.resolve()),
    );
    expect(taken).toEqual([]);
  });
});

describe('which traces are kept', () => {
  afterEach(() => {
    sampleRoots(() => true);
  });

  it.each([
    [undefined, undefined, 1_000],
    ['parentbased_always_off', undefined, 0],
    ['parentbased_traceidratio', '0', 0],
    ['parentbased_traceidratio', 'nonsense', 1_000],
    ['parentbased_ratelimited', '0', 0],
    ['parentbased_ratelimited', '100000', 1_000],
  ])('%s %s', (name, argument, kept) => {
    sampleRoots(rootSampler(name, argument));
    const made = Array.from({ length: 1_000 }, newTraceparent);
    expect(made.filter((traceparent) => traceparent.endsWith('-01'))).toHaveLength(kept);
  });

  it('is decided by the id of the trace where only some are', () => {
    const sampler = rootSampler('parentbased_traceidratio', '0.5');
    expect(sampler(`${'0'.repeat(19)}0000000000000`)).toBe(true);
    expect(sampler(`${'0'.repeat(19)}fffffffffffff`)).toBe(false);
  });

  it('is as many a second as were said, and those of a second after a pause', () => {
    const clock = jest.spyOn(performance, 'now');
    const at = (ms: number, tries: number, argument?: string, sampler = samplers.get(argument)): number => {
      clock.mockReturnValue(ms);
      const asked = sampler ?? rootSampler('parentbased_ratelimited', argument);
      samplers.set(argument, asked);
      return Array.from({ length: tries }, () => asked('')).filter(Boolean).length;
    };
    const samplers = new Map<string | undefined, (traceId: string) => boolean>();
    expect(at(0, 1_000)).toBe(100);
    expect(at(500, 1_000)).toBe(50);
    expect(at(60_500, 1_000)).toBe(100);
    expect(at(0, 10, '0.5')).toBe(1);
    expect(at(1_999, 10, '0.5')).toBe(0);
    expect(at(2_000, 10, '0.5')).toBe(1);
    expect(at(0, 1_000, 'nonsense')).toBe(100);
    clock.mockRestore();
  });

  it('is refused in words where there is no such way', () => {
    expect(() => rootSampler('jaeger_remote')).toThrow('OTEL_TRACES_SAMPLER is "jaeger_remote"');
  });
});

describe('sending spans', () => {
  let collector: Server;
  let port = 0;
  const bodies: Buffer[] = [];
  const lines: string[] = [];
  let status = 200;

  const listen = (): Promise<void> => new Promise((resolve) => collector.listen(port, '127.0.0.1', resolve));
  const hangUp = (): Promise<void> =>
    new Promise((resolve) => {
      collector.close(() => {
        resolve();
      });
      collector.closeAllConnections();
    });
  const exporting = (metrics: Metrics, scrubber = new Scrubber()) =>
    startSpanExport({
      ...{
        endpoint: `http://127.0.0.1:${String(port)}/`,
        version: '1.2.3',
        role: 'api',
        installationId: 'i-1',
      },
      ...{ scrubber, metrics, timeoutMs: 400 },
      log: createLogger({
        ...{ level: 'info', role: 'api', destination: { write: (line: string) => void lines.push(line) } },
      }),
    });
  const figure = async (metrics: Metrics, name: string): Promise<number> =>
    Number(new RegExp(`^quayside_${name} (\\d+)$`, 'm').exec(await metrics.scrape())?.[1]);

  beforeEach(async () => {
    [bodies, lines].forEach((list) => list.splice(0));
    status = 200;
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.once('end', () => {
        if (status === 200) bodies.push(Buffer.concat(parts));
        response.statusCode = status;
        response.end();
      });
    });
    port = 0;
    await listen();
    port = (collector.address() as AddressInfo).port;
  });
  afterEach(hangUp);

  it(
    'is done in the words of OTLP, without what is secret',
    async () => {
      const scrubber = new Scrubber();
      scrubber.learn('the-secret-value');
      const spans = await exporting(new Metrics(), scrubber);
      const parent = newTraceparent();
      const traceparent = `${parent.slice(0, 36)}00f067aa0ba902b7-01`;
      const attributes = { 'gen_ai.tool.name': 'x the-secret-value', absent: undefined, count: 2 };
      spans.take(spanOf({ traceparent, parent, error: 'timeout', attributes }));
      spans.take(spanOf({ parent }));
      await spans.stop(LIMIT_MS);
      const read = bodies.flatMap((body) => otlpSpansIn(body).resourceSpans);
      const [first, second] = read.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      expect(first).toMatchObject({
        ...{ name: 'tools/call echo', kind: 3, traceId: traceIdOf(parent), spanId: '00f067aa0ba902b7' },
        ...{ parentSpanId: parent.slice(36, 52), status: { code: 2 } },
        attributes: [
          { key: 'gen_ai.tool.name', value: { stringValue: 'x [redacted]' } },
          { key: 'count', value: { intValue: '2' } },
          { key: 'error.type', value: { stringValue: 'timeout' } },
        ],
      });
      // What is of another trace is no part of this one.
      expect(second).not.toHaveProperty('parentSpanId');
      expect(read[0]).toMatchObject({ scopeSpans: [{ scope: { name: 'quayside', version: '1.2.3' } }] });
      expect(read[0]?.resource.attributes).toContainEqual({
        key: 'service.version',
        value: { stringValue: '1.2.3' },
      });
    },
    LIMIT_MS,
  );

  it(
    'waits for a collector that is away, with one line when it goes and one when it is back, and counts what found no room',
    async () => {
      await hangUp();
      const metrics = new Metrics();
      const spans = await exporting(metrics);
      for (let count = 0; count < 20_000; count += 1) spans.take(spanOf());
      await eventually(
        () => {
          expect(lines).toHaveLength(1);
        },
        { deadlineMs: LIMIT_MS },
      );
      expect(lines[0]).toContain('spans cannot be sent to the collector');
      expect(await figure(metrics, 'spans_dropped_total')).toBeGreaterThan(10_000);
      await listen();
      await eventually(
        async () => {
          expect(await figure(metrics, 'spans_exported_total')).toBeGreaterThan(8_000);
        },
        { deadlineMs: LIMIT_MS },
      );
      await spans.stop(LIMIT_MS);
      expect(lines).toHaveLength(2);
      expect(lines[1]).toContain('spans are sent again');
    },
    LIMIT_MS,
  );

  it(
    'drops what the collector refuses, and does not wait for one that never answers',
    async () => {
      status = 400;
      const metrics = new Metrics();
      const spans = await exporting(metrics);
      spans.take(spanOf());
      await spans.stop(LIMIT_MS);
      expect(await figure(metrics, 'spans_dropped_total')).toBe(1);
      expect(lines.join('')).toContain('they are dropped');
    },
    LIMIT_MS,
  );
});
