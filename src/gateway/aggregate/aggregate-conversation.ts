import { type JsonObject } from '@app/kernel';
import { isObject, type PassedResult } from '@app/mcp';
import {
  type Conversation,
  type DegradedMember,
  type Description,
  type Exchange,
  type Interest,
  type Passage,
  type PassageListener,
  type Subscription,
} from '../terminal/conversation';
import { LISTS, type ListKind } from '../upstream/fetch-list';
import { DEFAULT_TTL_MS } from '../upstream/list-cache';
import { type Catalog } from './catalog';
import { type ConversationParts } from './conversation-parts';
import { capabilitiesOf, instructionsOf, type Introduced } from './description';
import { type Face } from './faces';
import { type Entry } from './joined-list';
import { type MemberCall } from './member-call';
import { type Say } from './member-watch';
import { type Party } from './party';
import { tellLogLevel, tellServers } from './party-notices';
import { invalid, unknown, unknownMethod } from './refusals';
import { mayNameResource, qualifyUri, renameUris } from './resource-uris';
import { type Located, ResourceLocator } from './resource-locator';
import { foundNow } from './straight-call';

/** Some of the members are missing: clients should ask again soon. */
const DEGRADED_TTL_MS = 5_000;
const KIND_OF: ReadonlyMap<string, ListKind> = new Map(
  (['tools', 'prompts', 'resources', 'templates'] as const).map((kind) => [LISTS[kind].method, kind]),
);

/** Several servers as one: names lead to members, lists are joined, and nobody's absence is anybody else's. */
export class AggregateConversation implements Conversation {
  constructor(
    private readonly faceNow: () => Face,
    private readonly party: Party,
    private readonly parts: ConversationParts,
  ) {}

  /** As its caller sees it now. */
  private get face(): Face {
    return this.faceNow();
  }

  private get catalog(): Catalog {
    return this.parts.catalogs.of(this.face, this.party.audience);
  }

  private get locator(): ResourceLocator {
    return new ResourceLocator(this.face, this.party, this.catalog);
  }

  async describe(): Promise<Description> {
    const { face } = this;
    const plan = face.plan();
    const answers = await this.parts.reader.ask(face.scope, plan.members, (upstream) => upstream.introduce());
    const members = answers.flatMap(({ serverName, value }): Introduced[] =>
      value === undefined ? [] : [{ serverName, self: value }],
    );
    const degraded = answers
      .filter(({ failure }) => failure !== undefined)
      .map((answer) => this.parts.reader.degraded(face.scope, answer));
    const isComplete = degraded.length === 0;
    const description = face.description();
    return {
      capabilities: capabilitiesOf(members, isComplete),
      instructions: instructionsOf({ description, isPrefixed: plan.isPrefixed, members, degraded }),
      degraded,
      ttlMs: isComplete ? DEFAULT_TTL_MS : DEGRADED_TTL_MS,
      cacheScope: isComplete && face.isSameForAll ? 'public' : 'private',
    };
  }

  request(method: string, params: JsonObject, exchange: Exchange): Promise<JsonObject> {
    const kind = KIND_OF.get(method);
    if (kind !== undefined) return this.list(kind, params);
    switch (method) {
      case 'tools/call':
        return this.named('tools', method, params, exchange);
      case 'prompts/get':
        return this.named('prompts', method, params, exchange);
      case 'resources/read':
        return this.read(params, exchange);
      case 'completion/complete':
        return this.complete(params, exchange);
      default:
        return Promise.reject(unknownMethod(method));
    }
  }

  pass(params: JsonObject, exchange: Exchange, listener: PassageListener): Passage | undefined {
    const found = foundNow(() => this.toolNow(params.name));
    if (found === undefined) return undefined;
    const { entry, isPrefixed } = found;
    const call = callOf('tools/call', params, entry, { exchange, party: this.party });
    return this.parts.members.pass(call, {
      mustRead: ({ bytes }: PassedResult) => isPrefixed && mayNameResource(bytes),
      onResult: (result) => {
        listener.onResult(result);
      },
      onOther: (result) => {
        const rest = result.then((read) => this.renamed(call.method, read, call.serverName));
        listener.onOther(rest);
      },
    });
  }

  async inputSchemaOf(tool: string): Promise<JsonObject | undefined> {
    const schema = (await this.catalog.find('tools', tool, this.party))?.item.inputSchema;
    return isObject(schema) ? schema : undefined;
  }

  notify(method: string, params: JsonObject): void {
    tellServers(this.party, method, params);
  }

  subscribe(interest: Interest, say: Say): Promise<Subscription> {
    const sources = {
      servers: () => this.face.members(),
      locate: (uri: string) => this.locator.resource(uri),
      advertise: (serverName: string, uri: string) => this.advertised(serverName, uri),
      endpointName: this.face.endpointName,
    };
    return this.parts.fanIn.subscribe(sources, this.party, interest, say);
  }

  setLogLevel(level: string): Promise<void> {
    return tellLogLevel(this.party, level);
  }

  close(): Promise<void> {
    this.party.close();
    return Promise.resolve();
  }

  private toolNow(name: unknown): { readonly entry: Entry; readonly isPrefixed: boolean } | undefined {
    const { face, party } = this;
    if (typeof name !== 'string') return undefined;
    const entry = this.parts.catalogs.of(face, party.audience).findNow('tools', name, party);
    return entry === undefined ? undefined : { entry, isPrefixed: face.plan().isPrefixed };
  }

  private async list(kind: ListKind, params: JsonObject): Promise<JsonObject> {
    const { method, member } = LISTS[kind];
    const { list, degraded, ttlMs, cacheScope } = await this.catalog.list(kind, this.party);
    const of = { principalId: this.party.principalId, faceKey: this.face.key, method };
    const { items, nextCursor } = this.parts.pages.cut(list.entries, params.cursor, of);
    return {
      [member]: items,
      ...(nextCursor === undefined ? {} : { nextCursor }),
      ttlMs,
      cacheScope,
      ...(degraded.length === 0 ? {} : { _meta: { 'quayside/degraded': degraded.map(degradedEntry) } }),
    };
  }

  private async named(
    kind: 'tools' | 'prompts',
    method: string,
    params: JsonObject,
    exchange: Exchange,
  ): Promise<JsonObject> {
    const { name } = params;
    const what = kind === 'tools' ? 'tool' : 'prompt';
    if (typeof name !== 'string') throw invalid(`A ${what} is called by its name`);
    const entry = await this.catalog.find(kind, name, this.party);
    if (entry === undefined) throw unknown(what, name);
    const call = callOf(method, params, entry, { exchange, party: this.party });
    return this.renamed(method, await this.parts.members.request(call), call.serverName);
  }

  private async read(params: JsonObject, exchange: Exchange): Promise<JsonObject> {
    const { serverName, uri } = await this.located(params.uri);
    const onward = { ...params, uri };
    const { party } = this;
    const method = 'resources/read';
    const result = await this.parts.members.request({ serverName, method, params: onward, exchange, party });
    return this.renamed(method, result, serverName);
  }

  private async complete(params: JsonObject, exchange: Exchange): Promise<JsonObject> {
    const ref = isObject(params.ref) ? params.ref : {};
    const method = 'completion/complete';
    const { party } = this;
    if (ref.type === 'ref/resource') {
      const { serverName, uri } = await this.located(ref.uri);
      const onward = { ...params, ref: { ...ref, uri } };
      return this.parts.members.request({ serverName, method, params: onward, exchange, party });
    }
    const name = typeof ref.name === 'string' ? ref.name : '';
    const entry = await this.catalog.find('prompts', name, party);
    if (entry === undefined) throw unknown('prompt', name);
    const onward = { ...params, ref: { ...ref, name: entry.original } };
    return this.parts.members.request({
      ...{ serverName: entry.instance, method, params: onward, exchange, party },
    });
  }

  private async located(uri: unknown): Promise<Located> {
    if (typeof uri !== 'string') throw invalid('A resource is asked for by its uri');
    const located = await this.locator.resource(uri);
    if (located === undefined) throw unknown('resource', uri);
    return located;
  }

  private renamed(method: string, result: JsonObject, serverName: string): JsonObject {
    if (!this.face.plan().isPrefixed) return result;
    return renameUris(method, result, (uri) => qualifyUri(serverName, uri));
  }

  private advertised(serverName: string, uri: string): string {
    return this.face.plan().isPrefixed ? qualifyUri(serverName, uri) : uri;
  }
}

/** By the name that the server knows. */
function callOf(
  method: string,
  params: JsonObject,
  { advertised, instance: serverName, original: target, item }: Entry,
  { exchange, party }: Pick<MemberCall, 'exchange' | 'party'>,
): MemberCall {
  const tool = method === 'tools/call' ? item : undefined;
  const onward = advertised === target ? params : { ...params, name: target };
  return { serverName, method, params: onward, exchange, party, target, tool, advertised };
}

const degradedEntry = ({ serverName, reason, since, nextAttemptAt }: DegradedMember): JsonObject => ({
  server_name: serverName,
  reason,
  since: since?.toISOString() ?? null,
  next_attempt_at: nextAttemptAt?.toISOString() ?? null,
});
