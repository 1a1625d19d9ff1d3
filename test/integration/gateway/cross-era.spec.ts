import { type AddressInfo } from 'node:net';
import {
  Client as NewerClient,
  StreamableHTTPClientTransport as NewerTransport,
} from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { eventually } from '@app/testing';
import { MemberServer } from './aggregate/member-server';
import { BOOTSTRAP_KEY, World } from './world';

jest.setTimeout(240_000);

const ERAS = ['older', 'newer'] as const;
type Era = (typeof ERAS)[number];
const US = { name: 'official', version: '1' };
const CAPABILITIES = { elicitation: {} };
const ANSWER = { action: 'accept', content: { name: 'Ada' } } as const;
const headers = { requestInit: { headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` } } };

/** An official client, as far as both of them are the same. */
interface Visitor {
  list(): Promise<string[]>;
  call(name: string, onprogress?: () => void): Promise<string>;
  read(uri: string): Promise<unknown>;
  /** Resources that changed, of those that are followed from now on. */
  follow(uri: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const textOf = (result: unknown): string =>
  (result as { content: { text: string }[] }).content[0]?.text ?? '';

async function older(url: string): Promise<Visitor> {
  const client = new OlderClient(US, { capabilities: CAPABILITIES });
  client.setRequestHandler(ElicitRequestSchema, () => ANSWER);
  await client.connect(new OlderTransport(new URL(url), headers));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, onprogress) =>
      textOf(await client.callTool({ name, arguments: {} }, undefined, onprogress && { onprogress })),
    read: (uri) => client.readResource({ uri }),
    follow: async (uri) => {
      const changed: string[] = [];
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
        changed.push(params.uri);
      });
      await client.subscribeResource({ uri });
      return changed;
    },
    close: () => client.close(),
  };
}

async function newer(url: string): Promise<Visitor> {
  const client = new NewerClient(US, { capabilities: CAPABILITIES, versionNegotiation: { mode: 'auto' } });
  client.setRequestHandler('elicitation/create', () => ANSWER);
  await client.connect(new NewerTransport(new URL(url), headers));
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, onprogress) =>
      textOf(await client.callTool({ name, arguments: {} }, onprogress && { onprogress })),
    read: (uri) => client.readResource({ uri }),
    follow: async (uri) => {
      const changed: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        changed.push(params.uri);
      });
      await client.listen({ resourceSubscriptions: [uri] });
      return changed;
    },
    close: () => client.close(),
  };
}

const connect: Record<Era, (url: string) => Promise<Visitor>> = { older, newer };

describe('clients of both eras before servers of both', () => {
  const members = new Map<Era, MemberServer>();
  const visitors: Visitor[] = [];
  let world: World;
  let base: string;

  beforeAll(async () => {
    world = await World.start();
    for (const era of ERAS) {
      const member = await MemberServer.start(era, { era, tools: ['plain', 'steps', 'ask'] });
      members.set(era, member);
      const upstream = {
        kind: 'http',
        urls: [member.url],
        transport: 'streamable-http',
        remote: false,
      } as const;
      const spec = { type: 'docker', image: 'test/member:latest', port: 8080 } as const;
      const id = await world.instance({ name: era, spec, upstream });
      // A notice, as there would be one: nobody asks for either by its name before it is looked for among all.
      await world.report(id, 'running', upstream);
      await world.request('POST', '/api/v1/mcp/endpoints', { name: `only-${era}`, instances: [era] });
    }
    await eventually(async () => {
      const { tools } = (await world.get('/api/v1/mcp/tools')).body as { tools: { server_name: string }[] };
      expect(new Set(tools.map(({ server_name: name }) => name))).toEqual(new Set(ERAS));
    });
    await world.app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${String((world.app.getHttpServer().address() as AddressInfo).port)}`;
  });
  afterAll(async () => {
    await Promise.all(visitors.map((visitor) => visitor.close()));
    await world.stop();
    await Promise.all([...members.values()].map((member) => member.stop()));
  });

  const visit = async (path: string, era: Era): Promise<Visitor> => {
    const visitor = await connect[era](`${base}${path}`);
    visitors.push(visitor);
    return visitor;
  };

  describe.each(ERAS.flatMap((client) => ERAS.map((server) => [client, server] as const)))(
    '%s client, %s server',
    (client, server) => {
      it.each([
        [`/servers/${server}/mcp`, ''],
        [`/endpoints/only-${server}/mcp`, ''],
        ['/mcp', `${server}__`],
      ])('lists, calls, hears progress and is asked at %s', async (path, prefix) => {
        const visitor = await visit(path, client);
        let steps = 0;

        expect(await visitor.list()).toEqual(
          expect.arrayContaining(['plain', 'steps', 'ask'].map((name) => `${prefix}${name}`)),
        );
        expect(await visitor.call(`${prefix}plain`)).toBe(`${server}:plain`);
        expect(await visitor.call(`${prefix}steps`, () => (steps += 1))).toBe(`${server}:steps`);
        expect(steps).toBe(1);
        expect(await visitor.call(`${prefix}ask`)).toContain(JSON.stringify(ANSWER.content));
      });

      it.each([
        [`/servers/${server}/mcp`, 'note://one'],
        ['/mcp', `mcp+${server}+note://one`],
      ])('hears at %s that %s changed', async (path, uri) => {
        const changed = await (await visit(path, client)).follow(uri);
        await eventually(async () => {
          await members.get(server)?.updateNote();
          expect(changed).toContain(uri);
        });
      });

      it('says in its own words that there is no such resource', async () => {
        const visitor = await visit(`/endpoints/only-${server}/mcp`, client);
        const code = client === 'older' ? -32002 : -32602;
        await expect(visitor.read('note://none')).rejects.toMatchObject({ code });
      });
    },
  );
});
