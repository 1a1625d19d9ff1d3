import { newTraceparent, requestContext, type Span, traceIdOf, tracer } from '@app/telemetry';
import { encodeOrigin, scopeOfMessage } from './message-origin';
import { inSpan } from './message-span';

const MESSAGE = { queue: 'provisioning.commands', jobId: 'obx_7_0', attempt: 2 };

describe('the span of a message', () => {
  const told: Span[] = [];
  beforeEach(() => {
    told.length = 0;
    tracer.open({ take: (span) => void told.push(span) });
  });
  afterEach(() => {
    tracer.close();
  });

  it('goes on with what its sender began, and its handler goes on with it', async () => {
    const traceparent = newTraceparent();
    let own: string | undefined;
    await inSpan(scopeOfMessage('test', encodeOrigin({ traceparent })), MESSAGE, () => {
      own = requestContext.get()?.traceparent;
      return Promise.resolve();
    });
    expect(told).toMatchObject([
      { name: 'process provisioning.commands', kind: 'consumer', traceparent: own, parent: traceparent },
    ]);
    expect(traceIdOf(own ?? '')).toBe(traceIdOf(traceparent));
    expect(told[0]?.attributes).toMatchObject({ 'messaging.message.id': 'obx_7_0', 'quayside.attempt': 2 });
  });

  it('tells that it failed, and lets the failure pass', async () => {
    const scope = scopeOfMessage('test', encodeOrigin({ traceparent: newTraceparent() }));
    await expect(inSpan(scope, MESSAGE, () => Promise.reject(new TypeError('no')))).rejects.toThrow('no');
    expect(told).toMatchObject([{ error: 'TypeError' }]);
  });

  it('is none where nobody sent it: the clock did', async () => {
    await inSpan(scopeOfMessage('test', undefined), MESSAGE, () => Promise.resolve());
    expect(told).toEqual([]);
  });
});
