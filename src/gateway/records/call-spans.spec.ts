import { type RequestScope, type Span, tracer } from '@app/telemetry';
import { type CallRecord } from './call-record';
import { recordSpans } from './call-spans';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OWN = `00-${TRACE}-00f067aa0ba902b7-01`;
const scope: RequestScope = { requestId: 'r', traceId: TRACE, traceparent: OWN };
const call: CallRecord = {
  ...{ face: 'server', method: 'tools/call', target: 'echo', outcome: 'ok' },
  ...{ durationMs: 5, upstreamMs: 3, sentAs: `00-${TRACE}-00f067aa0ba902b8-01` },
};

describe('the spans of a call', () => {
  const spans: Span[] = [];

  beforeAll(() => {
    tracer.open({ take: (span) => void spans.push(span) });
  });
  afterAll(() => {
    tracer.close();
  });
  afterEach(() => {
    spans.length = 0;
  });

  it('end when the time of the call was taken, however much later they are told', () => {
    recordSpans({ ...call, endedAtMs: 100 }, scope);
    expect(spans.map(({ kind, startedAtMs, endedAtMs }) => [kind, startedAtMs, endedAtMs])).toEqual([
      ['server', 95, 100],
      ['client', 97, 100],
    ]);
  });

  it('end now where nobody said when', () => {
    const before = performance.now();
    recordSpans(call, scope);
    for (const { endedAtMs } of spans) expect(endedAtMs).toBeGreaterThanOrEqual(before);
    expect(spans.map(({ startedAtMs, endedAtMs }) => Math.round(endedAtMs - startedAtMs))).toEqual([5, 3]);
  });
});
