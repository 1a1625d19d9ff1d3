import { type OAuthClientProvider, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type OAuthClientInformationFull, type OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { type Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { randomUUID } from 'node:crypto';
import { eventually } from '@app/testing';
import { ScriptedUpstream } from '../gateway/scripted-upstream';
import { Browser } from './browser';
import { IssuerWorld } from './issuer-world';
import { ProviderProcess } from './provider-process';

const REDIRECT = 'http://localhost:9/callback';
const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const SCOPES = ['mcp:tools.read', 'mcp:resources.read', 'mcp:prompts.read', 'mcp:tools.call'];
const WAIT = { deadlineMs: 60_000 };
const LIMIT_MS = 180_000;

/** What an application keeps for the official client: here in memory, and the browser is a test's. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = {
    ...{ client_name: 'a test', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
    ...{ grant_types: ['authorization_code'], response_types: ['code'] },
  };
  leadsTo: URL | undefined;
  /** Registered beforehand: what a server registers on demand it limits to the scopes that were asked for first. */
  private client: OAuthClientInformationFull = { client_id: 'mcp-client', redirect_uris: [REDIRECT] };
  private kept: OAuthTokens | undefined;
  private verifier = '';

  clientInformation = (): OAuthClientInformationFull => this.client;
  saveClientInformation = (client: OAuthClientInformationFull): void => {
    this.client = client;
  };
  tokens = (): OAuthTokens | undefined => this.kept;
  saveTokens = (tokens: OAuthTokens): void => {
    this.kept = tokens;
  };
  redirectToAuthorization = (url: URL): void => {
    this.leadsTo = url;
  };
  saveCodeVerifier = (verifier: string): void => {
    this.verifier = verifier;
  };
  codeVerifier = (): string => this.verifier;
}

describe('an MCP client that gets its tokens from an authorization server', () => {
  const upstream = new ScriptedUpstream('older');
  const keeper = new Keeper();
  const browser = new Browser();
  let world: IssuerWorld;
  let provider: ProviderProcess;
  let issuerId = '';

  beforeAll(async () => {
    await upstream.start();
    world = await IssuerWorld.start();
    provider = await ProviderProcess.start({
      resourceScopes: SCOPES,
      clients: [{ client_id: 'mcp-client', token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT] }],
      accounts: { dora: { roles: ['developer'] } },
    });
    const issuer = await world.trust({
      ...{ name: 'for-clients', issuer: provider.issuer, algorithms: ['RS256'], serves_mcp: true },
      jwks_url: `${provider.issuer}/jwks`,
    });
    issuerId = String(issuer['id']);
    for (const name of ['notes', 'other']) await instance(name);
    await eventually(async () => {
      expect((await metadata('/mcp'))['authorization_servers']).toEqual([provider.issuer]);
      const found = await world.initialize('/servers/notes/mcp', world.adminKey);
      expect(found.status).toBe(200);
    }, WAIT);
  }, LIMIT_MS);
  afterAll(async () => {
    await (world as IssuerWorld | undefined)?.stop();
    await (provider as ProviderProcess | undefined)?.stop();
    await upstream.stop();
  });

  async function instance(name: string): Promise<void> {
    const id = randomUUID();
    const { db } = world.database;
    const spec = { type: 'docker', image: 'test/any:latest', port: 80 };
    const reached = { kind: 'http', urls: [upstream.url], transport: 'streamable-http', remote: false };
    await db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation) VALUES ($1, $2, $3::jsonb, 'running', 1)`,
      [id, name, JSON.stringify(spec)],
    );
    await db.execute(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream, era)
       VALUES ($1, 1, 1, 'running', 'As the test wants it.', now(), now(), $2::jsonb, 'older')`,
      [id, JSON.stringify(reached)],
    );
  }

  const metadata = async (path: string): Promise<Record<string, unknown>> =>
    (await world.request('GET', `${world.gatewayUrl}${WELL_KNOWN}${path}`, { as: null })).body;

  const transport = (path: string): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(world.gatewayUrl + path), { authProvider: keeper });

  /** As the user does in the browser where the client led to. */
  async function agree(link: StreamableHTTPClientTransport): Promise<URL> {
    const asked = keeper.leadsTo ?? new URL('about:blank');
    const back = await browser.goOn(asked.href, (url) => url.startsWith(REDIRECT), 'dora');
    expect(back).toContain('code=');
    await link.finishAuth(new URL(back).searchParams.get('code') ?? '');
    return asked;
  }

  it('finds its way by the metadata of each face, and of the whole', async () => {
    for (const path of ['', '/mcp', '/servers/notes/mcp', '/endpoints/any/mcp'])
      expect(await metadata(path)).toMatchObject({
        ...{ resource: world.gatewayUrl + path, authorization_servers: [provider.issuer] },
        ...{ scopes_supported: SCOPES, bearer_methods_supported: ['header'] },
      });
    const elsewhere = await world.request('GET', `${world.gatewayUrl}${WELL_KNOWN}/api/v1/me`, { as: null });
    expect(elsewhere.status).toBe(404);
    const { status, headers } = await world.initialize('/mcp', null);
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="quayside", scope="mcp:tools.read", resource_metadata="${world.gatewayUrl}${WELL_KNOWN}/mcp"`,
    ]);
  });

  it(
    'gets a token for what it needs, then for more, and calls a tool',
    async () => {
      const first = transport('/servers/notes/mcp');
      await expect(
        new Client({ name: 'test', version: '1' }).connect(first as Transport),
      ).rejects.toBeInstanceOf(UnauthorizedError);
      const asked = await agree(first);
      expect(asked.searchParams.get('resource')).toBe(`${world.gatewayUrl}/servers/notes/mcp`);
      expect(asked.searchParams.get('scope')).toBe('mcp:tools.read');

      const link = transport('/servers/notes/mcp');
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(link);
      await client.listTools();
      expect(upstream.messages('tools/list')).toHaveLength(1);
      expect(upstream.messages('tools/call')).toEqual([]);
      await expect(client.callTool({ name: 'echo', arguments: {} })).rejects.toBeInstanceOf(
        UnauthorizedError,
      );
      expect((await agree(link)).searchParams.get('scope')).toBe('mcp:tools.call');
      await client.callTool({ name: 'echo', arguments: {} });
      expect(upstream.messages('tools/call')).toHaveLength(1);
      const sent = upstream.messages('tools/call')[0]?.headers.authorization ?? '';
      expect(sent).not.toContain(keeper.tokens()?.access_token);
      await client.close();
    },
    LIMIT_MS,
  );

  it('has a token for one face that is worth nothing at another, nor at the whole, nor for REST', async () => {
    const as = keeper.tokens()?.access_token ?? '';
    expect((await world.initialize('/servers/notes/mcp', as)).status).toBe(200);
    for (const path of ['/servers/other/mcp', '/mcp', '/endpoints/any/mcp']) {
      const { status, headers } = await world.initialize(path, as);
      expect([path, status]).toEqual([path, 401]);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    expect((await world.request('GET', '/api/v1/me', { as })).status).toBe(401);
  });

  it('is told exactly what it lacks', async () => {
    const as = keeper.tokens()?.access_token ?? '';
    const message = { jsonrpc: '2.0', id: 1, method: 'resources/list', params: {} };
    const { status, headers } = await world.request('POST', `${world.gatewayUrl}/servers/notes/mcp`, {
      as,
      body: message,
    });
    expect([status, headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('error="insufficient_scope", scope="mcp:resources.read"'),
    ]);
  });

  it('is refused once its issuer is trusted no longer', async () => {
    const as = keeper.tokens()?.access_token ?? '';
    expect((await world.request('DELETE', `/api/v1/issuers/${issuerId}`)).status).toBe(204);
    await eventually(async () => {
      expect((await world.initialize('/servers/notes/mcp', as)).status).toBe(401);
      expect(await metadata('/mcp')).not.toHaveProperty('authorization_servers');
    }, WAIT);
  });
});
