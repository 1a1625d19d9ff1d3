import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject } from '@app/mcp';
import { type Upstream } from '../upstream/upstream';
import {
  type Conversation,
  type Description,
  type Exchange,
  type Interest,
  type Subscription,
} from '../terminal/conversation';
import { isCallableTool } from '../upstream/fetch-list';
import { DEFAULT_TTL_MS } from '../upstream/list-cache';
import { type ConversationParts } from './conversation-parts';
import { type Sources } from './fan-in';
import { listsFor } from './member-lists';
import { type Say } from './member-watch';
import { type Party } from './party';
import { tellLogLevel, tellServers } from './party-notices';
import { unknown } from './refusals';

/** Behind the face of one server: nothing is renamed, and what we do not know passes as it is. */
export class SingleConversation implements Conversation {
  constructor(
    private readonly serverName: string,
    private readonly party: Party,
    private readonly parts: ConversationParts,
  ) {}

  async describe(): Promise<Description> {
    const { capabilities, instructions } = await this.on((upstream) => upstream.introduce());
    return { capabilities, instructions, degraded: [], ttlMs: DEFAULT_TTL_MS, cacheScope: 'private' };
  }

  async request(method: string, params: JsonObject, exchange: Exchange): Promise<JsonObject> {
    const { serverName, party } = this;
    const name = typeof params.name === 'string' ? params.name : undefined;
    const tool = method === 'tools/call' && name !== undefined ? await this.listed(name) : undefined;
    const target = name === undefined ? {} : { target: name };
    const call = { serverName, method, params, exchange, party, ...target, tool };
    const result = await this.parts.members.request(call);
    return method === 'tools/list'
      ? this.on((upstream) => Promise.resolve(this.shown(result, upstream)))
      : result;
  }

  async inputSchemaOf(name: string): Promise<JsonObject | undefined> {
    const schema = (await this.tool(name))?.inputSchema;
    return isObject(schema) ? schema : undefined;
  }

  notify(method: string, params: JsonObject): void {
    tellServers(this.party, method, params);
  }

  subscribe(interest: Interest, say: Say): Promise<Subscription> {
    const { serverName } = this;
    const sources: Sources = {
      servers: () => [serverName],
      locate: (uri) => Promise.resolve({ serverName, uri }),
      advertise: (_serverName, uri) => uri,
      endpointName: undefined,
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

  /**
   * Only servers of the newer era want arguments repeated in headers, so only there a list is needed before a call; and
   * where tools are pinned, since a tool that is not listed is not called.
   */
  private listed(name: string): Promise<JsonObject | undefined> {
    return this.on(async (upstream) => {
      if (upstream.isPinned) {
        const tool = await this.toolOf(upstream, name);
        if (tool === undefined) throw unknown('tool', name);
        return tool;
      }
      const { era } = upstream.self ?? (await upstream.introduce());
      return era === 'newer' ? this.toolOf(upstream, name) : undefined;
    });
  }

  private tool(name: string): Promise<JsonObject | undefined> {
    return this.on((upstream) => this.toolOf(upstream, name));
  }

  private async toolOf(upstream: Upstream, name: string): Promise<JsonObject | undefined> {
    const { cache, fetch } = listsFor(upstream, 'tools', this.party);
    return cache.find((tool) => tool.name === name, fetch);
  }

  private on<T>(work: (upstream: Upstream) => Promise<T>): Promise<T> {
    return this.parts.calls.on(this.party.use('tools:read'), this.serverName, work);
  }

  private shown(result: JsonObject, upstream: Upstream): JsonObject {
    const offered = offeredBy(upstream, result);
    const view = this.parts.access.viewOf(this.party.principal);
    const route = view.isOpen ? undefined : this.parts.table.find(this.party.principal, this.serverName);
    if (route === undefined) return toolsOf(result, (tool) => offered(tool) && isCallableTool(tool));
    return toolsOf(
      result,
      (tool) => offered(tool) && isCallableTool(tool) && view.permits('tools', route, nameOf(tool)),
    );
  }
}

const nameOf = ({ name }: JsonObject): string => (typeof name === 'string' ? name : '');

function offeredBy(upstream: Upstream, { tools }: JsonObject): (tool: JsonObject) => boolean {
  if (!upstream.isPinned || !Array.isArray(tools)) return () => true;
  const offered = new Set(upstream.offered((tools as readonly JsonValue[]).filter(isObject)));
  return (tool) => offered.has(tool);
}

/** What is left of a page; the same object where all of it is. */
function toolsOf(result: JsonObject, isShown: (tool: JsonObject) => boolean): JsonObject {
  const { tools } = result;
  if (!Array.isArray(tools)) return result;
  const callable = (tools as readonly JsonValue[]).filter((tool) => isObject(tool) && isShown(tool));
  return callable.length === tools.length ? result : { ...result, tools: callable };
}
