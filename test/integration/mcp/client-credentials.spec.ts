import { generateKeyPairSync } from 'node:crypto';
import { type Clock } from '@app/kernel';
import { connectMcp, type McpSession, type OAuthClient, OAuthTokenSource } from '@app/mcp';
import { eventually } from '@app/testing';
import { ProtectedServer } from './authorization-server';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

class SetClock implements Clock {
  ms = 1_000_000;
  now(): Date {
    return new Date(this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
}

describe('client credentials', () => {
  let server: ProtectedServer;
  let clock: SetClock;
  let tokens: OAuthTokenSource;

  beforeEach(async () => {
    server = new ProtectedServer();
    await server.start();
    clock = new SetClock();
    tokens = new OAuthTokenSource({ fetch, clock, random: () => 0 });
  });
  afterEach(() => server.stop());

  const clientOf = (more: Partial<OAuthClient> = {}): OAuthClient => ({
    clientId: 'my-client',
    proof: { kind: 'secret', secret: 'hush_hush-1' },
    resource: server.url,
    serverName: 'protected',
    ...more,
  });
  const connect = (client: OAuthClient): Promise<McpSession> =>
    connectMcp({
      url: server.url,
      fetch,
      auth: tokens.authFor(client),
      serverName: 'protected',
      timeoutMs: PATIENCE_MS,
      prefer: 'older',
    });
  const call = (session: McpSession): Promise<object> => session.callTool('x', {});

  it('find the authorization server by the challenge, and ask it for what the resource needs', async () => {
    const session = await connect(clientOf());
    await call(session);

    expect(server.tokenRequests).toHaveLength(1);
    const [form] = server.tokenRequests;
    expect(Object.fromEntries(form ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      resource: server.url,
      scope: 'basic',
    });
    // Servers that do not undo form encoding read the same.
    const basic = Buffer.from(server.proofs[0]?.replace('Basic ', '') ?? '', 'base64').toString();
    expect(basic).toBe('my-client:hush_hush-1');
    expect(tokens.expiresAt('protected')).toEqual(new Date(clock.ms + 3_600_000));
  });

  it('use a given token address without looking for another', async () => {
    const session = await connect(clientOf({ tokenUrl: `${server.origin}/token`, scopes: ['basic'] }));
    await call(session);
    expect(server.tokenRequests).toHaveLength(1);
    expect(server.refused).toBe(0);
  });

  it('are proven with a key where there is one', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await call(await connect(clientOf({ proof: { kind: 'key', pem, algorithm: 'ES256', keyId: 'k1' } })));

    const [form] = server.tokenRequests;
    expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const [head = '', claims = ''] = form?.get('client_assertion')?.split('.') ?? [];
    const decoded = [head, claims].map((part): unknown =>
      JSON.parse(Buffer.from(part, 'base64url').toString()),
    );
    expect(decoded).toMatchObject([
      { alg: 'ES256', kid: 'k1' },
      { iss: 'my-client', sub: 'my-client', aud: `${server.origin}/tenant` },
    ]);
    expect(server.proofs).toEqual([undefined]);
  });

  it('cost one request for fifty callers whose token is refused, and each call runs once', async () => {
    const session = await connect(clientOf());
    server.revoke();
    clock.ms += 10_000;
    await Promise.all(Array.from({ length: 50 }, () => call(session)));

    expect(server.tokenRequests).toHaveLength(2);
    expect(server.calls).toBe(50);
  });

  it('are refreshed at 80 % of their life, aside, by one request', async () => {
    const session = await connect(clientOf());
    clock.ms += 3_600_000 * 0.79;
    await call(session);
    expect(server.tokenRequests).toHaveLength(1);

    clock.ms += 3_600_000 * 0.02;
    await Promise.all(Array.from({ length: 20 }, () => call(session)));
    await eventually(() => {
      expect(tokens.expiresAt('protected')).toEqual(new Date(clock.ms + 3_600_000));
    });
    expect(server.tokenRequests).toHaveLength(2);
    expect(server.refused).toBe(1);
  });

  it('are given up after one forced refresh', async () => {
    const session = await connect(clientOf());
    clock.ms += 10_000;
    server.behaviour.refusesAll = true;
    const before = server.refused;
    await expect(call(session)).rejects.toMatchObject({ code: 'upstream_auth_failed' });
    expect(server.refused - before).toBe(2);
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('ask for more scope when a call needs it, once, and keep it', async () => {
    const session = await connect(clientOf());
    server.behaviour.neededScope = 'admin';
    await Promise.all([call(session), call(session), call(session)]);

    expect(server.tokenRequests.map((form) => form.get('scope'))).toEqual(['basic', 'basic admin']);
    await call(session);
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('leave a failing token endpoint alone, ever longer', async () => {
    server.behaviour.tokenStatus = 500;
    const client = clientOf({ tokenUrl: `${server.origin}/token` });
    for (let attempt = 0; attempt < 20; attempt += 1)
      await expect(tokens.token(client)).rejects.toMatchObject({ code: 'upstream_token_failed' });
    expect(server.tokenRequests).toHaveLength(1);

    clock.ms += 5_001;
    await expect(tokens.token(client)).rejects.toThrow();
    clock.ms += 5_001;
    await expect(tokens.token(client)).rejects.toThrow();
    expect(server.tokenRequests).toHaveLength(2);

    server.behaviour.tokenStatus = 200;
    clock.ms += 10_000;
    expect(await tokens.token(client)).toBe('token-3');
  });

  it.each([
    ['metadata of another resource', { resourceMetadata: { resource: 'https://elsewhere.example/mcp' } }],
    ['another issuer', { serverMetadata: { issuer: 'https://elsewhere.example' } }],
    ['no token endpoint', { serverMetadata: { token_endpoint: 7 } }],
    ['a script for an issuer', { resourceMetadata: { authorization_servers: ['javascript:alert(1)'] } }],
  ])('are not shown to %s', async (_what, behaviour) => {
    Object.assign(server.behaviour, behaviour);
    await expect(connect(clientOf())).rejects.toMatchObject({ code: 'upstream_token_failed' });
    expect(server.tokenRequests).toHaveLength(0);
  });

  it('are not shown to an authorization server that was not configured', async () => {
    await expect(connect(clientOf({ issuer: 'https://login.example' }))).rejects.toMatchObject({
      code: 'upstream_token_failed',
    });
    expect(server.tokenRequests).toHaveLength(0);
  });
});
