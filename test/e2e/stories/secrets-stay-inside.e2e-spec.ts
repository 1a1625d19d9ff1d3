import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type TestRedis, testRedis } from '@app/testing';
import { VaultStub } from '../../integration/secrets/stubs/vault-stub';
import { type InstanceBody } from '../api';
import {
  addressOf,
  Canaries,
  commandLines,
  echoingServer,
  filesIn,
  importWith,
  RedisEar,
  tablesOf,
} from '../canaries';
import { commandLine } from '../command-line';
import { Installation } from '../installation';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(600_000);
const [EVENTS, LIMIT_MS] = ['/api/v1/events', 120_000] as const;
const PARTS = ['', '/events', '/environment', '/logs?tail=200', '/bundle', '/generations', '/metrics'];
const PASSWORD = 'seven grey herons ';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface KeyringBody {
  readonly keys: readonly { readonly removable: boolean }[];
  readonly rotation: object | null;
}

describe('E19: what must stay inside', () => {
  const canaries = new Canaries();
  const vault = new VaultStub();
  const keys = mkdtempSync(join(tmpdir(), 'quayside-keys-'));
  const keyFile = join(keys, 'master_key');
  let redis: TestRedis | undefined;
  let ear: RedisEar | undefined;
  let hostile: Server;
  let quayside: Installation;

  beforeAll(async () => {
    redis = await testRedis();
    if (redis !== undefined) {
      ear = new RedisEar(redis.url, canaries);
      await ear.start();
    }
    hostile = await echoingServer();
    await vault.start();
    canaries.remember('secret id of the role at Vault', vault.secretId);
    quayside = await Installation.start({
      env: {
        LOG_LEVEL: 'debug',
        MASTER_KEY: canaries.remember('master key', randomBytes(32).toString('base64')),
        JWT_SECRET: canaries.make('secret shared with the user service'),
        SECRET_PROVIDER: `vault+http://${vault.roleId}:${vault.secretId}@${vault.host}/kv/quayside?namespace=team`,
      },
      ...(redis === undefined ? {} : { redisUrl: redis.url }),
    });
    canaries.remember('first admin key', quayside.key);
  });

  afterAll(async () => {
    await quayside.stop();
    ear?.stop();
    await redis?.stop();
    hostile.close();
    await vault.stop();
    rmSync(keys, { recursive: true });
  });

  const ask = (method: string, path: string, body?: unknown, token?: string) =>
    quayside.api.request(
      method,
      `/api/v1${path}`,
      body,
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    );
  const done = async <T>(method: string, path: string, body?: unknown, token?: string): Promise<T> => {
    const { status, body: answer } = await ask(method, path, body, token);
    if (status >= 400) throw new Error(`${method} ${path}: ${String(status)} ${JSON.stringify(answer)}`);
    return answer as T;
  };
  /** Refused with words that do not repeat what was sent. */
  const refused = async (method: string, path: string, body?: unknown, token?: string): Promise<void> => {
    const { status, body: problem } = await ask(method, path, body, token);
    expect([status >= 400, canaries.in(JSON.stringify(problem))]).toEqual([true, []]);
  };
  const cli = async (args: readonly string[], input = ''): Promise<string> => {
    const { code, printed, said } = await commandLine(quayside, keys, ['secrets', ...args], input);
    if (code !== 0) throw new Error(`secrets ${args.join(' ')} ended with ${String(code)}: ${said}`);
    expect(canaries.in(printed + said)).toEqual([]);
    return printed;
  };
  const leaks = (texts: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
    [...texts].flatMap(([where, text]) => canaries.in(text).map((use) => [where, use] as const));

  it('a password, and what a sign-in gives', async () => {
    const password = canaries.remember('password', PASSWORD + randomBytes(8).toString('hex'));
    const memberships = [{ workspace: 'default', role: 'developer' }];
    await done('POST', '/users', { username: 'ada', password, memberships });
    const signedIn = await done<Tokens>('POST', '/auth/token', { username: 'ada', password });
    canaries.remember('access token', signedIn.access_token);
    canaries.remember('refresh token', signedIn.refresh_token);
    await done('GET', '/me', undefined, signedIn.access_token);
    const wrong = canaries.make('wrong password');
    await refused('POST', '/auth/token', { username: 'ada', password: wrong });
    await refused('POST', '/auth/token', { username: wrong, password: wrong, extra: wrong });
    const next = await done<Tokens>('POST', '/auth/refresh', { refresh_token: signedIn.refresh_token });
    canaries.remember('next refresh token', next.refresh_token);
    const ticket = await done<{ ticket: string }>('POST', '/auth/ws-ticket', undefined, next.access_token);
    canaries.remember('ticket', ticket.ticket);
    await refused('GET', '/me', undefined, `${next.access_token}x`);
    await refused('POST', '/auth/refresh', { refresh_token: `${next.refresh_token}x` });
  });

  it('an API key', async () => {
    const wanted = { name: 'a program', role: 'developer' };
    const made = await done<{ id: string; secret: string }>('POST', '/api-keys', wanted);
    canaries.remember('API key', made.secret);
    await done('GET', '/me', undefined, made.secret);
    await refused('GET', `/me?api_key=${made.secret}`);
    await done('DELETE', `/api-keys/${made.id}`);
    await eventually(() => refused('GET', '/me', undefined, made.secret), { deadlineMs: LIMIT_MS });
  });

  it('what agents, webhooks and links are given, and what stands in an import', async () => {
    const agent = await done<{ token: string; signing_secret: string }>('POST', '/agents/register', {
      ...{ name: 'told-once', type: 'worker', capabilities: ['telling'] },
      endpoints: { task: 'https://agent.example.com/task' },
    });
    canaries.remember('token of an agent', agent.token);
    canaries.remember('signing secret of an agent', agent.signing_secret);
    const hook = { url: 'https://hooks.example.com/never', events: ['agent.lost'] };
    const webhook = await done<{ secret: string }>('POST', '/webhooks', hook);
    canaries.remember('secret of a webhook', webhook.secret.replace('whsec_', ''));
    const runs = await done<{ secret: string }>('POST', '/notifications/run-secret');
    canaries.remember('secret of runs', runs.secret.replace('whsec_', ''));
    const link = await done<{ url: string }>('POST', '/auth/admin-link');
    canaries.remember('link of an administrator', new URL(link.url).hash.replace('#token=', ''));
    const content = importWith(addressOf(hostile), canaries.make('bearer of an import'), 'imported');
    const plan = await done<{ plan_id: string }>('POST', '/imports', { content });
    await done('POST', `/imports/${plan.plan_id}/commit`, {});
    const planned = importWith(addressOf(hostile), canaries.make('bearer of a plan'), 'only-planned');
    await done('POST', '/imports', { content: planned });
  });

  it('secrets of servers, from our store and from elsewhere, failures included', async () => {
    vault.put('quayside/shared', { ELSEWHERE: canaries.make('value at Vault') });
    vault.put('quayside/closed', { ELSEWHERE: canaries.make('value that may not be read') });
    const endpoint = addressOf(hostile);
    const create = (name: string, json_spec: object) =>
      done<InstanceBody>('POST', '/mcp/instances', { name, json_spec });
    const keyed = (key: string) => ({
      type: 'stdio',
      command: 'needs-key',
      environment: { DEMO_API_KEY: key },
    });
    const good = [
      await create('own', keyed(canaries.make('literal'))),
      await create('elsewhere', keyed('secret_ref:shared:ELSEWHERE')),
      await create('turned', keyed('secret_ref:shared:ELSEWHERE@1')),
    ];
    const closed = await create('closed', keyed('secret_ref:closed:ELSEWHERE'));
    const bad = [
      await create('by-bearer', {
        ...{ type: 'url', endpoint },
        authentication: { type: 'bearer', token: canaries.make('bearer') },
        headers: [{ key: 'X-Api-Key', value: canaries.make('header') }],
      }),
      await create('by-client', {
        ...{ type: 'url', endpoint },
        authentication: {
          type: 'oauth2_client_credentials',
          token_url: endpoint.replace('/mcp', '/token'),
          client_id: 'quayside',
          client_secret: canaries.make('client secret'),
        },
      }),
    ];
    for (const { id } of good) await quayside.reaches(id, 'running', LIMIT_MS);
    for (const { id } of bad)
      await quayside.settles(id, (each) => each.last_error != null, 'an error', LIMIT_MS);
    vault.denied.add('quayside/closed');
    await done('POST', `/mcp/instances/${closed.id}/restart`);
    await refused('POST', '/mcp/instances', {
      name: 'never',
      json_spec: { ...keyed(canaries.make('refused literal')), unknown: canaries.make('unknown field') },
    });
    await refused('PUT', '/secrets/shared/OURS', { value: canaries.make('kept elsewhere') });
    await refused('POST', '/mcp/instances', { name: 'gone', json_spec: keyed('secret_ref:shared:NOBODYS') });
    await done('PUT', '/mcp/instances/own/environment?wait=60', {
      DEMO_API_KEY: canaries.make('next literal'),
    });
    await quayside.reaches('own', 'running', LIMIT_MS);
    expect(await quayside.api.call('own', 'echo', { text: 'it lives' }).catch(() => 'refused')).not.toBe('');
    for (const token of vault.given) canaries.remember(`token of Vault ${token}`, token);
    expect(vault.given.length).toBeGreaterThan(0);
  });

  it('the master key, which is replaced while servers start', async () => {
    writeFileSync(keyFile, canaries.value('master key'));
    const kid = (await cli(['new-key', '--file', keyFile])).trim();
    const [fresh = ''] = readFileSync(keyFile, 'utf8').split('\n');
    canaries.remember('next master key', fresh.slice(kid.length + 1));
    const withFile = { MASTER_KEY: '', MASTER_KEY_FILE: keyFile };
    const program = await done<{ secret: string }>('POST', '/api-keys', { name: 'stays', role: 'viewer' });
    canaries.remember('API key of before', program.secret);
    await quayside.stopRole('all-in-one');
    await quayside.startRole('all-in-one', withFile);

    const names = ['one', 'two', 'three', 'four'];
    const spec = (key: string) => ({
      type: 'stdio',
      command: 'needs-key',
      environment: { DEMO_API_KEY: key },
    });
    const made = Promise.all(
      names.map((name) =>
        done('POST', '/mcp/instances', { name, json_spec: spec(canaries.make(`literal ${name}`)) }),
      ),
    );
    const told = await cli(['rotate-key']);
    expect(told).toMatch(/^Done\. No longer needed: k[0-9a-f]+\.\n$/);
    await made;
    for (const name of names) {
      const { last_error: error } = await quayside.reaches(name, 'running', LIMIT_MS);
      expect(error ?? null).toBeNull();
    }
    await eventually(
      async () => {
        const { keys, rotation } = await done<KeyringBody>('GET', '/secrets/keyring');
        expect(rotation).toMatchObject({ status: 'succeeded', failed: 0 });
        expect(keys.map(({ removable }) => removable)).toEqual([false, true]);
      },
      { deadlineMs: LIMIT_MS },
    );
    await cli(['drop-key', /: (k\w+)/.exec(told)?.[1] ?? '', '--file', keyFile]);
    expect(readFileSync(keyFile, 'utf8')).toBe(`${fresh}\n`);

    await quayside.stopRole('all-in-one');
    await quayside.startRole('all-in-one', withFile);
    const { id: own } = await done<InstanceBody>('GET', '/mcp/instances/own');
    await cli(['set', own, 'DEMO_API_KEY'], `${canaries.make('literal by hand')}\n`);
    expect(await cli(['list', '--scope', own])).toContain(`${own}:DEMO_API_KEY\tversion 3\town`);
    for (const name of ['own', 'one']) {
      const { id } = await done<InstanceBody>('POST', `/mcp/instances/${name}/restart?wait=60`);
      await quayside.reaches(id, 'running', LIMIT_MS);
    }
    await done('GET', '/me', undefined, program.secret);
    const refresh_token = canaries.value('next refresh token');
    const kept = await done<Tokens>('POST', '/auth/refresh', { refresh_token });
    canaries.remember('last refresh token', kept.refresh_token);
  });

  /** All that happened so far, as a reader is told it; the stream itself has no end. */
  async function eventsUntil(told: readonly string[]): Promise<string> {
    const gone = new AbortController();
    const response = await fetch(`http://127.0.0.1:${String(quayside.port('all-in-one'))}${EVENTS}`, {
      headers: { authorization: `Bearer ${quayside.key}`, 'last-event-id': '0' },
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (told.every((id) => text.includes(id))) break;
    }
    gone.abort();
    return text;
  }

  it('and none of it is in any answer, record, store or log', async () => {
    const answers = new Map<string, string>();
    const get = async (path: string): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${String(quayside.port('all-in-one'))}${path}`, {
        headers: { authorization: `Bearer ${quayside.key}` },
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      const text = await response.text();
      answers.set(path, `${JSON.stringify([...response.headers])} ${text}`);
      return text;
    };
    const document = JSON.parse(await get('/openapi.json')) as { paths: Record<string, { get?: object }> };
    const plain = Object.keys(document.paths).filter(
      (path) => document.paths[path]?.get !== undefined && !path.includes('{'),
    );
    expect(plain.length).toBeGreaterThan(15);
    for (const path of plain.filter((each) => each !== EVENTS)) await get(path);
    const { instances } = JSON.parse(await get('/api/v1/mcp/instances')) as { instances: InstanceBody[] };
    for (const { id, name } of instances) {
      for (const part of PARTS) await get(`/api/v1/mcp/instances/${id}${part}`);
      const { body } = await quayside.api.request('POST', `/api/v1/mcp/instances/${id}/diagnose`);
      answers.set(`diagnosis of ${name}`, JSON.stringify(body));
    }
    for (const args of [['ps'], ['doctor', 'own'], ['logs', 'own'], ['keys', 'list', '-o', 'json']])
      answers.set(`command line: ${args.join(' ')}`, JSON.stringify(await commandLine(quayside, keys, args)));
    for (const path of ['/health', '/metrics', '/openapi.yaml', '/api/v1/audit?limit=200']) await get(path);
    answers.set(EVENTS, await eventsUntil(instances.map(({ id }) => id)));
    expect(leaks(answers)).toEqual([]);
    expect(answers.get('/health')).toContain('Vault at');

    for (const { id } of instances) await quayside.api.ok('DELETE', `/api/v1/mcp/instances/${id}`);
    for (const { id } of instances) await quayside.vanishes(id, LIMIT_MS);
    const tables = await tablesOf(quayside.database);
    expect([...tables.values()].join()).toContain('by-bearer');
    expect(leaks(tables)).toEqual([]);
    expect(leaks(filesIn(quayside.folder))).toEqual([]);
    expect(canaries.in(commandLines())).toEqual([]);
    expect(quayside.log.join()).toContain('ready to serve');
    expect(canaries.in(quayside.log.join('\n'))).toEqual([]);
    expect([...(ear?.heard ?? [])]).toEqual([]);
  });
});
