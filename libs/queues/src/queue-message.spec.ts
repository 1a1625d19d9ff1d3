import { MAINTENANCE } from '@app/contracts';
import { requestContext, systemScope } from '@app/telemetry';

import { scopeOfMessage } from './message-origin';
import { assertMessage, jobOptions, type QueueMessage } from './queue-message';

const message = (rest: Partial<QueueMessage>): QueueMessage => ({ queue: MAINTENANCE, data: {}, ...rest });

describe('assertMessage', () => {
  it.each<[string, Partial<QueueMessage>]>([
    ['a colon in the job id', { jobId: 'a:b' }],
    ['a number as the job id', { jobId: '12' }],
    ['deduplication without end', { dedupe: { id: 'x', ttlMs: 0 } }],
    ['priority 0, which would outrank all', { priority: 0 }],
    ['half a priority', { priority: 1.5 }],
    ['no attempt at all', { attempts: 0 }],
    ['endless attempts', { attempts: Infinity }],
  ])('refuses %s', (_what, rest) => {
    expect(() => {
      assertMessage(message(rest));
    }).toThrow(RangeError);
  });

  it('takes what the outbox sends', () => {
    expect(() => {
      assertMessage(message({ jobId: 'obx_12_0', priority: 1, attempts: 3, dedupe: { id: 'i', ttlMs: 1 } }));
    }).not.toThrow();
  });
});

describe('jobOptions', () => {
  it('bounds what is kept of finished jobs', () => {
    expect(jobOptions(message({}))).toMatchObject({
      removeOnComplete: { age: 3_600, count: 1_000 },
      removeOnFail: { count: 1_000 },
    });
    expect(jobOptions(message({ keep: false }))).toMatchObject({
      removeOnComplete: true,
      removeOnFail: true,
    });
  });

  it('carries the ids of the request that sends it to the handler', () => {
    const request = systemScope('http');
    const { telemetry } = requestContext.run(request, () => jobOptions(message({})));
    const scope = scopeOfMessage('maintenance', telemetry?.metadata);

    expect(scope).toMatchObject({ requestId: request.requestId, traceId: request.traceId });
    expect(scope.principal?.name).toBe('maintenance');
    expect(scope.traceparent).not.toBe(request.traceparent);
  });
});

describe('scopeOfMessage', () => {
  it.each([undefined, '', 'nonsense', 'null', '[]'])('starts anew for metadata %s', (metadata) => {
    expect(scopeOfMessage('sweep', metadata).requestId).toMatch(/^sweep-/);
  });
});
