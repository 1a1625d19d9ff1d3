import { type Clock } from '@app/kernel';
import { type McpFetch, type McpFetchInit } from '../client/session';
import { type OAuthClient } from './oauth-client';
import { OAuthTokenSource } from './oauth-token-source';
import { readLife } from './token-request';

class StoppedClock implements Clock {
  ms = 0;
  now(): Date {
    return new Date(this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
  pass(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

const client: OAuthClient = {
  tokenUrl: 'https://login.example/token',
  clientId: 'quayside',
  proof: { kind: 'secret', secret: 'hush' },
  resource: 'https://api.example/mcp',
  scopes: ['b', 'a'],
  serverName: 'tavily',
};

/** A token endpoint: each entry is one answer, the last one is repeated. */
function endpoint(...answers: (object | number)[]): { fetch: McpFetch; requests: McpFetchInit[] } {
  const requests: McpFetchInit[] = [];
  const fetch: McpFetch = (_url, init) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
    requests.push(init);
    const isStatus = typeof answer === 'number';
    const token = { access_token: `token-${requests.length}`, token_type: 'Bearer', expires_in: 100 };
    const body = isStatus ? {} : { ...token, ...answer };
    const status = isStatus ? answer : 'error' in answer ? 400 : 200;
    return Promise.resolve(
      new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }),
    );
  };
  return { fetch, requests };
}

describe('OAuthTokenSource', () => {
  const clock = new StoppedClock();
  const source = (fetch: McpFetch): OAuthTokenSource =>
    new OAuthTokenSource({ fetch, clock, random: () => 0 });
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

  it('asks once, with the secret, the scopes and the resource, however many want a token', async () => {
    const { fetch, requests } = endpoint({});
    const tokens = source(fetch);
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token(client)));

    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(requests).toHaveLength(1);
    expect(new URLSearchParams(requests[0]?.body).get('resource')).toBe(client.resource);
    expect(new URLSearchParams(requests[0]?.body).get('scope')).toBe('b a');
    expect(requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(requests[0]?.redirect).toBe('manual');
  });

  it('refreshes at 80 % of the life while the old token is still given out', async () => {
    const { fetch, requests } = endpoint({});
    const tokens = source(fetch);
    await tokens.token(client);
    clock.pass(79);
    await tokens.token(client);
    expect(requests).toHaveLength(1);

    clock.pass(2);
    expect(await tokens.token(client)).toBe('token-1');
    await settled();
    expect(requests).toHaveLength(2);
    expect(await tokens.token(client)).toBe('token-2');
  });

  it.each([undefined, 0, -5, 'soon', null, {}, 1e400])('takes a life of %p for 60 seconds', (life) => {
    expect(readLife(JSON.stringify({ expires_in: life })).lifeS).toBe(60);
  });

  it('renews a rejected token once, for all who were refused with it', async () => {
    const { fetch, requests } = endpoint({});
    const tokens = source(fetch);
    await tokens.token(client);
    clock.pass(10);
    const renewed = await Promise.all([1, 2, 3].map(() => tokens.renew(client, 'token-1')));

    expect(renewed).toEqual(['token-2', 'token-2', 'token-2']);
    expect(await tokens.renew(client, 'token-1')).toBe('token-2');
    expect(await tokens.renew(client, 'token-2')).toBe('token-2');
    expect(requests).toHaveLength(2);
  });

  it('leaves a failing endpoint alone for a while, and tells everybody why', async () => {
    const { fetch, requests } = endpoint({ error: 'invalid_client', error_description: 'wrong\nsecret' }, {});
    const tokens = source(fetch);
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(tokens.token(client)).rejects.toMatchObject({
        code: 'upstream_token_failed',
        message: expect.stringContaining('invalid_client: wrong secret') as string,
      });
    expect(requests).toHaveLength(1);

    clock.pass(6);
    expect(await tokens.token(client)).toBe('token-2');
  });

  it('asks anew at once when the secret was changed', async () => {
    const { fetch, requests } = endpoint({ error: 'invalid_client' }, {});
    const tokens = source(fetch);
    await expect(tokens.token(client)).rejects.toThrow();
    expect(await tokens.token({ ...client, proof: { kind: 'secret', secret: 'new' } })).toBe('token-2');
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['an outage', 503],
    ['a token of another type', { token_type: 'mac' }],
    ['no token at all', { access_token: undefined }],
  ])('fails with a code of its own on %s', async (_what, answer) => {
    const { fetch } = endpoint(answer);
    await expect(source(fetch).token(client)).rejects.toMatchObject({
      code: 'upstream_token_failed',
      upstream: { server_name: 'tavily' },
    });
  });

  it('says which layer failed when the endpoint cannot be reached', async () => {
    const fetch: McpFetch = () =>
      Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } }));
    await expect(source(fetch).token(client)).rejects.toMatchObject({
      code: 'upstream_token_failed',
      layer: 'tcp',
    });
  });
});
