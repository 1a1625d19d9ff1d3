import { randomBytes } from 'node:crypto';
import { describeWithRedis, eventually } from '@app/testing';
import { type CollectedSpan, Collector } from '../collector';
import { startPassage } from '../chaos/support/passage';
import { startUpstream } from '../chaos/support/upstream';
import { Installation } from '../installation';

jest.setTimeout(300_000);
const PATIENCE = { deadlineMs: 60_000 };
const CALLER = '00f067aa0ba902b7';
const SAID = 'what nobody else is to read';

interface Rpc {
  readonly method?: string;
  readonly params?: { readonly _meta?: { readonly traceparent?: string } };
}

describeWithRedis('the trace of what somebody asked', (redis) => {
  const ends: (() => unknown)[] = [];
  const calls: Rpc[] = [];
  let collector: Collector;
  let quayside: Installation;

  beforeAll(async () => {
    collector = await Collector.start();
    ends.unshift(() => {
      collector.stop();
    });
    const upstream = await startUpstream();
    ends.unshift(() => upstream.stop());
    const passage = await startPassage(upstream.url, (_headers, body) => {
      const message = (body === '' ? {} : JSON.parse(body)) as Rpc;
      if (message.method === 'tools/call') calls.push(message);
      return true;
    });
    ends.unshift(() => passage.stop());
    quayside = await Installation.start({
      ...{ mode: 'roles', redisUrl: redis().url },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'debug' },
    });
    ends.unshift(() => quayside.stop());
    const json_spec = { type: 'url', endpoint: passage.url };
    await quayside.api.ok('POST', '/api/v1/mcp/instances', { name: 'watched', json_spec });
    await quayside.reaches('watched', 'running');
  }, 240_000);

  afterAll(async () => {
    for (const end of ends) await end();
  }, 120_000);

  /** Asks as the part `CALLER` of a trace of its own. */
  async function traced<T>(method: string, path: string, body: object) {
    const traceId = randomBytes(16).toString('hex');
    const answer = await quayside.api.ok<T>(method, path, body, {
      traceparent: `00-${traceId}-${CALLER}-01`,
    });
    return { traceId, answer };
  }

  /** Once all of these are there; each is a part of another one, or of the caller's. */
  async function spansOf(
    traceId: string,
    wanted: readonly (readonly [role: string, name: RegExp])[],
  ): Promise<readonly CollectedSpan[]> {
    return eventually(() => {
      const spans = collector.of(traceId);
      const missing = wanted.filter(
        ([role, name]) => !spans.some((span) => span.role === role && name.test(span.name)),
      );
      if (missing.length > 0)
        throw new Error(
          `${missing.join(', ')} not among ${spans.map(({ role, name }) => `${role}: ${name}`).join(', ')}`,
        );
      const known = new Set([CALLER, ...spans.map(({ spanId }) => spanId)]);
      expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toEqual([]);
      return spans;
    }, PATIENCE);
  }

  it('goes from the request through outbox and queue to the provisioner that does it, and back', async () => {
    const { traceId } = await traced('POST', '/api/v1/mcp/instances', { name: 'traced', template: 'echo' });
    await quayside.reaches('traced', 'running');
    await spansOf(traceId, [
      ['api', /^POST .*\/mcp\/instances/],
      ['api', /^command /],
      ['worker', /^publish mcp\.instance\./],
      ['provisioner', /^process /],
      ['provisioner', /^look$/],
      ['provisioner', /^step create$/],
      ['worker', /^process /],
    ]);
  });

  it('E10, E11: of a tool call is in the log, the job, the span and what the server hears', async () => {
    const tool = { server_name: 'watched', tool_name: 'echo', arguments: { message: SAID } };
    const stages = [{ name: 'call', type: 'tool', tool }];
    const pipeline = await quayside.api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
      name: 'traced',
      stages,
    });
    const before = calls.length;
    const { traceId } = await traced('POST', `/api/v1/pipelines/${pipeline.id}/execute`, { input_data: {} });
    const spans = await spansOf(traceId, [
      ['api', /^POST .*\/execute/],
      ['worker', /^process /],
      ['gateway', /^process tasks\.tools$/],
      ['gateway', /^tools\/call echo$/],
    ]);
    const heard = calls.slice(before).map(({ params }) => params?._meta?.traceparent ?? '');
    const call = spans.find(({ name }) => name === 'tools/call echo');
    expect(heard).toEqual([`00-${traceId}-${call?.spanId ?? ''}-01`]);
    const told = new Map((call?.attributes ?? []).map(({ key, value }) => [key, value.stringValue]));
    expect(Object.fromEntries(told)).toMatchObject({
      ...{ 'mcp.method.name': 'tools/call', 'gen_ai.operation.name': 'execute_tool' },
      ...{ 'gen_ai.tool.name': 'echo', 'network.transport': 'tcp' },
      'mcp.protocol.version': expect.stringMatching(/^20\d\d-/) as string,
      'jsonrpc.request.id': expect.any(String) as string,
    });
    expect(JSON.stringify(collector.spans)).not.toContain(SAID);
    const logged = quayside.log.filter((line) => line.includes(`"trace_id":"${traceId}"`));
    expect(logged).not.toEqual([]);
  });
});
