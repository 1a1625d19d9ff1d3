import { DEFAULT_WORKSPACE_ID, type JsonObject, type JsonValue } from '@app/kernel';
import { eventually } from '@app/testing';
import {
  type Conversation,
  Conversations,
  type TerminalFace,
} from '../../../../src/gateway/terminal/conversation';
import { EndpointTable } from '../../../../src/gateway/routing/endpoint-table';
import { RoutingTable } from '../../../../src/gateway/routing/routing-table';
import { World } from '../world';
import { clientOf, FakeExchange } from './exchange';
import { MemberServer, type MemberOptions } from './member-server';

const PAGES_MAX = 20;

export const http = (url: string) =>
  ({ kind: 'http', urls: [url], transport: 'streamable-http', remote: false }) as const;

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

export const namesOf = (result: JsonObject, member = 'tools', name = 'name'): string[] =>
  (result[member] as readonly JsonObject[]).map((item) => textOf(item[name]));

export const wordsOf = (result: JsonObject): string =>
  textOf((result['content'] as readonly JsonObject[])[0]?.['text']);

export const degradedOf = (result: JsonObject): string[] => {
  const meta = result['_meta'] as Record<string, JsonObject[]> | undefined;
  return (meta?.['quayside/degraded'] ?? []).map((entry) => textOf(entry['server_name']));
};

export const call = (
  conversation: Conversation,
  name: string,
  exchange = new FakeExchange(),
): Promise<JsonObject> => conversation.request('tools/call', { name, arguments: {} }, exchange);

/** Through all pages. */
export async function allTools(conversation: Conversation): Promise<string[]> {
  const found: string[] = [];
  let params: JsonObject = {};
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const result = await conversation.request('tools/list', params, new FakeExchange());
    found.push(...namesOf(result));
    if (typeof result['nextCursor'] !== 'string') break;
    params = { cursor: result['nextCursor'] };
  }
  return found;
}

/** The gateway with one server of each era behind it. */
export class AggregatedWorld {
  private readonly conversations: Conversation[] = [];
  private readonly servers: MemberServer[] = [];

  private constructor(
    readonly world: World,
    readonly older: MemberServer,
    readonly newer: MemberServer,
  ) {}

  static async start(): Promise<AggregatedWorld> {
    const tools = ['one', 'ask', 'steps', 'link'];
    const [world, older, newer] = await Promise.all([
      World.start(),
      MemberServer.start('older', { era: 'older', tools: [...tools, 'two'], instructions: 'Be old.' }),
      MemberServer.start('newer', { era: 'newer', tools: [...tools, 'three'] }),
    ]);
    const made = new AggregatedWorld(world, older, newer);
    await made.instance('older', older);
    await made.instance('new_er', newer);
    return made;
  }

  get table(): RoutingTable {
    return this.world.app.get(RoutingTable, { strict: false });
  }

  async server(name: string, options: MemberOptions): Promise<MemberServer> {
    const server = await MemberServer.start(name, options);
    this.servers.push(server);
    return server;
  }

  /** Known to the gateway when this is done. */
  async instance(name: string, { url }: MemberServer): Promise<string> {
    const id = await this.world.instance({ name, upstream: http(url) });
    await this.table.loadAll();
    return id;
  }

  async endpoint(name: string, content: object): Promise<TerminalFace> {
    const { status, body } = await this.world.request('POST', '/api/v1/mcp/endpoints', { name, ...content });
    if (status !== 201) throw new Error(`${name} was not made: ${JSON.stringify(body)}`);
    return eventually(() => {
      const table = this.world.app.get(EndpointTable, { strict: false });
      const found = table.find({ workspaceId: DEFAULT_WORKSPACE_ID }, name);
      if (found === undefined) throw new Error(`no endpoint ${name}`);
      return { kind: 'endpoint', name, content: found };
    });
  }

  open(face: TerminalFace = { kind: 'all' }, about: Parameters<typeof clientOf>[0] = {}): Conversation {
    const conversation = this.world.app.get(Conversations, { strict: false }).open(face, clientOf(about));
    this.conversations.push(conversation);
    return conversation;
  }

  async closeConversations(): Promise<void> {
    await Promise.all(this.conversations.splice(0).map((conversation) => conversation.close()));
  }

  async stop(): Promise<void> {
    await this.closeConversations();
    await this.world.stop();
    await Promise.all([this.older, this.newer, ...this.servers].map((server) => server.stop()));
  }
}
