import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RoutingTable } from '../../../src/gateway/routing/routing-table';
import { startUpstream } from '../../e2e/chaos/support/upstream';
import { faultsOfScrape } from '../../metrics-lint';
import { Everything } from '../gateway/everything';
import { World } from '../gateway/world';

const PAGE = readFileSync(join(__dirname, '../../../docs/metrics.md'), 'utf8');
/** What other processes tell stands in sections of their own; that every name is on the page is for the architecture to check. */
const TOLD_HERE = PAGE.split(/^(?=## )/m)
  .filter((section) => !/^## .* \((?:worker|provisioner|with a collector)\)$/m.test(section))
  .join('');
/** Names with an asterisk stand for what the runtime tells of itself. */
const DOCUMENTED = [...TOLD_HERE.matchAll(/^\| `([a-z_]+)` \| (\w+) \| ([^|]*)\|/gm)].map(
  ([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''),
  }),
);
const RUNTIME = /^(process|nodejs)_/;
const LIMIT_MS = 120_000;

describe('GET /metrics', () => {
  let world: World;
  let everything: Everything;
  const scrape = async (): Promise<string> => {
    const answer = await world.app.inject({
      ...{ method: 'GET', url: '/metrics' },
      headers: { host: 'localhost', authorization: `Bearer ${(await world.issueKey('viewer')).key}` },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    return answer.body;
  };

  beforeAll(async () => {
    world = await World.start();
    everything = new Everything();
    await everything.start();
    await world.instance({
      name: 'everything',
      upstream: { kind: 'http', urls: [everything.url], transport: 'streamable-http', remote: false },
    });
    const body = { server_name: 'everything', tool_name: 'echo', arguments: { message: 'a private text' } };
    expect((await world.request('POST', '/mcp/tools/call', body)).status).toBe(200);
    expect((await world.request('POST', '/mcp/tools/call', { ...body, arguments: {} })).status).toBe(422);
  }, LIMIT_MS);

  afterAll(async () => {
    await world.stop();
    await everything.end();
  });

  it('has every metric that the page names, and no other', async () => {
    const types = [...(await scrape()).matchAll(/^# TYPE (\S+) (\w+)$/gm)]
      .map(([, name = '', type = '']) => ({ name, type }))
      .filter(({ name }) => !RUNTIME.test(name));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(types.sort(byName)).toEqual(DOCUMENTED.map(({ name, type }) => ({ name, type })).sort(byName));
  });

  it('has the labels that the page names', async () => {
    const text = await scrape();
    for (const { name, labels } of DOCUMENTED) {
      const line = new RegExp(`^${name}(?:_sum)?\\{(.*)\\} `, 'm').exec(text);
      const found = [...(line?.[1] ?? '').matchAll(/(\w+)="/g)].map((match) => match[1] ?? '');
      if (line !== null) expect([name, found]).toEqual([name, labels]);
    }
    expect(text).toContain('quayside_mcp_requests_total{face="rest",method="tools/call",outcome="ok"} 1');
    expect(text).toContain('quayside_tool_calls_total{instance="everything",tool="echo",outcome="ok"} 1');
    expect(text).toContain(
      'quayside_tool_calls_total{instance="everything",tool="echo",outcome="refused"} 1',
    );
    expect(text).toContain('quayside_circuit_state{instance="everything"} 0');
    expect(text).toContain('quayside_instances{status="running"} 1');
    expect(text).toContain('route="/api/v1/mcp/tools/call",status="422"} 1');
    expect(text).toMatch(/^quayside_mcp_gateway_overhead_seconds_count\{face="rest"\} 1$/m);
  });

  it('has no label that a caller chose', async () => {
    await world.get('/api/v1/a-path-of-my-own/8f14e45f');
    const text = await scrape();
    expect(text).toMatch(/^quayside_http_requests_total\{.*route="unmatched",status="404"\}/m);
    for (const chosen of ['private', 'a-path-of-my-own', '8f14e45f']) expect(text).not.toContain(chosen);
  });

  // Which names there are in a whole installation: metrics.e2e-spec.ts.
  it(
    'E12: stays below a megabyte with five hundred servers, each of which was called',
    async () => {
      const upstream = await startUpstream();
      try {
        const body = { tool_name: 'echo', arguments: { message: 'counted' } };
        const names = Array.from({ length: 500 }, (_, at) => `server-${String(at)}`);
        for (const name of names)
          await world.instance({
            name,
            upstream: { kind: 'http', urls: [upstream.url], transport: 'streamable-http', remote: false },
          });
        // As the next complete look does; names that nobody was told of are looked up one by one, and not so many at once.
        await world.app.get(RoutingTable, { strict: false }).loadAll();
        for (const server_name of names) {
          const { status } = await world.request('POST', '/mcp/tools/call', { ...body, server_name });
          expect([server_name, status]).toEqual([server_name, 200]);
        }
        const text = await scrape();
        const series = text.match(/^quayside_tool_calls_total\{/gm) ?? [];
        expect(series.length).toBeGreaterThan(200);
        expect(text).toMatch(/^quayside_tool_calls_total\{instance="other",tool="\w+",outcome="ok"\} \d+$/m);
        expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
        expect(faultsOfScrape(text)).toEqual([]);
      } finally {
        await upstream.stop();
      }
    },
    LIMIT_MS,
  );

  it('answers nobody who may not know', async () => {
    const { key } = await world.issueKey('agent');
    expect((await world.get('/metrics', { authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await world.get('/metrics', { authorization: '' })).status).toBe(401);
  });
});
