import { Installation } from '../e2e/installation';
import { describeServerSuite } from './describe-suite';
import { FixtureServer } from './program';
import { AuthorizingShim } from './shim';
import { type Revision } from './suite';
import { describeWithTool } from './tool';

const START_LIMIT_MS = 240_000;
/** Upstreams by what they speak, with the revision that a client of the same era is judged by. */
const UPSTREAMS = { older: '2025-11-25', newer: '2026-07-28', sse: '2025-11-25' } as const;
type Upstream = keyof typeof UPSTREAMS;
const NAMES = Object.keys(UPSTREAMS) as Upstream[];

interface OtherEra {
  readonly revision: Revision;
  readonly except: readonly string[];
}

const NEWER_BEFORE_OLDER: OtherEra = {
  revision: '2026-07-28',
  except: [
    // On the older wire a question has no name, so that of the fixture cannot arrive.
    'input-required-result-basic-elicitation',
    // An older server learns what a client can do from its greeting, and says what it lacks in the result of the tool.
    'input-required-result-capability-check',
    'sep-2575-server-rejects-undeclared-capability',
    'sep-2575-missing-capability-http-400',
  ],
};

/** A client of one era before a server of the other. */
const ACROSS: Partial<Record<Upstream, OtherEra>> = {
  // A newer server has no such method: what it is asked to watch is part of one stream.
  newer: { revision: '2025-11-25', except: ['resources/subscribe'] },
  older: NEWER_BEFORE_OLDER,
};

/** The built product as a process, our fixture behind it, the official suite in front. */
describeWithTool('through the gateway', (tool) => {
  const fixtures = new Map<string, FixtureServer>();
  let quayside: Installation;
  let shim: AuthorizingShim;

  beforeAll(async () => {
    for (const name of NAMES) fixtures.set(name, await FixtureServer.start(name));
    quayside = await Installation.start();
    shim = await AuthorizingShim.start(
      `http://127.0.0.1:${String(quayside.port('all-in-one'))}`,
      quayside.api.key,
    );
    for (const [name, { url }] of fixtures) {
      await quayside.api.ok('POST', '/api/v1/mcp/instances', {
        name,
        json_spec: { type: 'url', endpoint: url, ...(name === 'sse' ? { transport: 'sse' } : {}) },
      });
      await quayside.api.ok('POST', '/api/v1/mcp/endpoints', {
        ...{ name: `only-${name}`, instances: [name], prefix: 'none' },
      });
    }
    for (const name of fixtures.keys()) await quayside.reaches(name, 'running', START_LIMIT_MS);
  }, START_LIMIT_MS);

  afterAll(async () => {
    await shim.stop();
    await quayside.stop();
    await Promise.all([...fixtures.values()].map((fixture) => fixture.stop()));
  }, START_LIMIT_MS);

  const suite = (path: string, upstream: Upstream, other: Partial<OtherEra> = {}): void => {
    describeServerSuite(tool, path, other.revision ?? UPSTREAMS[upstream], {
      url: () => shim.url(path),
      takeCalls: async () => (await fixtures.get(upstream)?.takeCalls()) ?? {},
      except: other.except ?? [],
    });
  };

  for (const name of NAMES) suite(`/servers/${name}/mcp`, name);
  for (const name of ['older', 'newer'] as const) suite(`/endpoints/only-${name}/mcp`, name);
  for (const [upstream, other] of Object.entries(ACROSS) as [Upstream, OtherEra][]) {
    suite(`/servers/${upstream}/mcp`, upstream, other);
    suite(`/endpoints/only-${upstream}/mcp`, upstream, other);
  }
  // All that this server says comes over one stream, so what it asks must find its call without being told.
  suite('/servers/sse/mcp', 'sse', NEWER_BEFORE_OLDER);
});
