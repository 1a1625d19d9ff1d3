import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { serveHttp } from '../../../src/bundled/program-transports';
import { Canaries, tablesOf } from '../canaries';
import { Collector } from '../collector';
import { Installation } from '../installation';
import { sdkOne, sdkTwoNewer } from '../official-clients';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);
const PATIENCE = { deadlineMs: 60_000 };
const text = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] } as const;

// What is kept of keys, passwords and the master key is in secrets-stay-inside.e2e-spec.ts; here is what passes by.
describe('E19: what passes by in calls', () => {
  const canaries = new Canaries();
  const told: string[] = [];
  const listening = new AbortController();
  let collector: Collector;
  let upstream: Server;
  let quayside: Installation;

  beforeAll(async () => {
    collector = await Collector.start();
    const result = canaries.make('result of a tool');
    upstream = await serveHttp(
      {
        ...{ name: 'tells', version: '1.0.0' },
        tools: [{ name: 'tell', description: 'Tells.', inputSchema: { ...text }, run: () => result }],
      },
      0,
      '127.0.0.1',
    );
    quayside = await Installation.start({
      env: { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    const { api } = quayside;
    await api.ok('POST', '/api/v1/mcp/instances', {
      name: 'tells',
      json_spec: {
        ...{
          type: 'url',
          endpoint: `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}/mcp`,
        },
        authentication: { type: 'bearer', token: canaries.make('bearer for a server') },
        headers: [{ key: 'X-Api-Key', value: canaries.make('header for a server') }],
      },
    });
    await api.ok('POST', '/api/v1/mcp/instances', {
      ...{ name: 'keyed', template: 'needs-key' },
      environment: { DEMO_API_KEY: canaries.make('variable of a server') },
    });
    await Promise.all(['tells', 'keyed'].map((name) => quayside.reaches(name, 'running', 120_000)));
    void listen();
  }, 240_000);
  afterAll(async () => {
    listening.abort();
    await (quayside as Installation | undefined)?.stop();
    upstream.close();
    upstream.closeAllConnections();
    collector.stop();
  }, 120_000);

  /** What a subscriber of everything is told from the beginning of the log on, and calls as they are made. */
  async function listen(): Promise<void> {
    const answer = await fetch(`${origin()}/api/v1/events`, {
      headers: { authorization: `Bearer ${quayside.key}`, 'last-event-id': '0' },
      signal: listening.signal,
    });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer.body ?? [])
        told.push(decoder.decode(chunk as Uint8Array, { stream: true }));
    } catch (error) {
      if (!listening.signal.aborted) throw error;
    }
  }
  const origin = (): string => `http://127.0.0.1:${String(quayside.port('all-in-one'))}`;
  const call = (tool_name: string, args: object, headers: Record<string, string> = {}) =>
    quayside.api.request(
      'POST',
      '/api/v1/mcp/tools/call',
      { server_name: 'tells', tool_name, arguments: args },
      headers,
    );

  it('reaches the server and the caller', async () => {
    const headers = {
      'x-my-secret': canaries.make('header of a caller'),
      baggage: `secret=${canaries.make('baggage of a caller')}`,
    };
    const message = canaries.make('argument of a call');
    const { status, body } = await call('tell', { message }, headers);
    expect([status, canaries.in(JSON.stringify(body))]).toEqual([200, ['result of a tool']]);
    for (const [client, path] of [
      [sdkOne, '/servers/tells/mcp'],
      [sdkTwoNewer, '/servers/tells/mcp'],
      [sdkOne, '/mcp'],
      [sdkTwoNewer, '/mcp'],
    ] as const) {
      const at = `${origin()}${path}`;
      const { tools } = await client(at, quayside.key, []);
      const name = tools.find((one) => one.endsWith('tell')) ?? '';
      const { answers } = await client(at, quayside.key, [{ name, arguments: { message } }]);
      expect(canaries.in(answers.join())).toEqual(['result of a tool']);
    }
  });

  it('is repeated by no problem', async () => {
    const wrong = canaries.make('argument that does not fit');
    const answers = [
      await call('tell', { message: [wrong] }),
      await call('tell', { message: 1, more: wrong }),
      await quayside.api.request('POST', '/api/v1/mcp/tools/call', `{"arguments": "${wrong}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 400]);
    expect(canaries.in(JSON.stringify(answers.map(({ body }) => body)))).toEqual([]);
  });

  it('and is in no log, event, metric, trace or table', async () => {
    await eventually(
      async () => {
        // What was there before anybody listened is not news, so one of the first may not be told.
        await call('tell', { message: canaries.value('argument of a call') });
        expect(told.join('')).toContain('"type":"tool_call"');
        const spans = collector.spans.filter(({ name }) => /^tools\/call (\S*[_-])?tell$/.test(name));
        expect(spans.length).toBeGreaterThan(5);
      },
      { ...PATIENCE, everyMs: 300 },
    );
    const metrics = await quayside.api.ok<string>('GET', '/metrics');
    expect(metrics).toMatch(/^quayside_tool_calls_total\{instance="tells",tool="tell",outcome="ok"\} \d/m);
    expect(quayside.log.join()).toContain('/api/v1/mcp/tools/call');
    const tables = await tablesOf(quayside.database);
    expect(tables.get('public.mcp_call')).toContain('tells');

    const leaks = [
      ...canaries.in(quayside.log.join('\n')).map((use) => ['log', use]),
      ...canaries.in(told.join('')).map((use) => ['event', use]),
      ...canaries.in(metrics).map((use) => ['metric', use]),
      ...canaries.in(JSON.stringify(collector.spans)).map((use) => ['trace', use]),
      ...[...tables].flatMap(([name, rows]) => canaries.in(rows).map((use) => [name, use])),
    ];
    expect(leaks).toEqual([]);
  });
});
