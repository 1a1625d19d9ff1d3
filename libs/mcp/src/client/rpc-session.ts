import { type JsonObject, type JsonValue } from '@app/kernel';
import { McpProtocolError, McpRequestRefusedError, McpTimeoutError, McpToolUnknownError } from '../errors';
import { isObject } from '../wire/json-rpc';
import { type Mirrored, mirroredArguments, mirroredHeaders } from '../wire/mirrored-arguments';
import { RPC } from '../wire/protocol';
import { type RpcChannel } from './channel';
import { DeadlineError, withDeadline } from './deadline';
import { ListWatch } from './list-watch';
import {
  type CallOptions,
  type McpEra,
  type McpListKind,
  type McpPrompt,
  type McpPromptResult,
  type McpResource,
  type McpResourceContents,
  type McpResourceTemplate,
  type McpServerInfo,
  type McpSession,
  type McpTool,
  type McpToolResult,
} from './session';

/** A list longer than this is cut off by an error: no honest server has one. */
const MAX_LIST_PAGES = 100;
const MAX_LIST_ITEMS = 10_000;

/** The methods of MCP over a channel; nothing here knows how messages travel. */
export class RpcSession implements McpSession {
  private readonly watch: ListWatch;
  /** Annotations of the tools last listed: the newer era wants some arguments repeated in headers. */
  private mirrored: ReadonlyMap<string, Mirrored> | undefined;

  constructor(
    private readonly channel: RpcChannel,
    private readonly defaultTimeoutMs: number,
  ) {
    this.watch = new ListWatch(channel);
  }

  get era(): McpEra {
    return this.channel.era;
  }
  get transport(): 'streamable-http' | 'sse' {
    return this.channel.transport;
  }
  get url(): string {
    return this.channel.url;
  }
  get protocolVersion(): string {
    return this.channel.handshake.protocolVersion;
  }
  get serverInfo(): McpServerInfo {
    return this.channel.handshake.serverInfo;
  }
  get capabilities(): JsonObject {
    return this.channel.handshake.capabilities;
  }
  get instructions(): string | undefined {
    return this.channel.handshake.instructions;
  }

  async listTools(options: CallOptions = {}): Promise<readonly McpTool[]> {
    const all = await this.list('tools/list', 'tools', options, isTool);
    if (this.era === 'older') return all;
    const mirrored = new Map<string, Mirrored>();
    const usable = all.filter((tool) => {
      const found = mirroredArguments(tool.inputSchema);
      if (found !== undefined && found.size > 0) mirrored.set(tool.name, found);
      return found !== undefined;
    });
    this.mirrored = mirrored;
    return usable;
  }

  async callTool(name: string, args: JsonObject, options: CallOptions = {}): Promise<McpToolResult> {
    try {
      return await this.callOnce(name, args, options);
    } catch (error) {
      if (isUnknownTool(error)) throw new McpToolUnknownError(name, this.about);
      // Refused for a missing header: it did not begin. What the headers must be is known from the list.
      const isHeaderFault = error instanceof McpRequestRefusedError && error.rpcCode === RPC.headerMismatch;
      if (!isHeaderFault || this.mirrored !== undefined) throw error;
      await this.listTools(options);
      return await this.callOnce(name, args, options);
    }
  }

  listResources(options: CallOptions = {}): Promise<readonly McpResource[]> {
    return this.list('resources/list', 'resources', options, isResource);
  }

  listResourceTemplates(options: CallOptions = {}): Promise<readonly McpResourceTemplate[]> {
    return this.list('resources/templates/list', 'resourceTemplates', options, isTemplate);
  }

  async readResource(uri: string, options: CallOptions = {}): Promise<McpResourceContents> {
    const result = await this.call('resources/read', { uri }, options);
    return this.expect(result, isContents, 'resources/read');
  }

  listPrompts(options: CallOptions = {}): Promise<readonly McpPrompt[]> {
    return this.list('prompts/list', 'prompts', options, isPrompt);
  }

  async getPrompt(
    name: string,
    args: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<McpPromptResult> {
    const result = await this.call('prompts/get', { name, arguments: args }, options);
    return this.expect(result, isPromptResult, 'prompts/get');
  }

  async ping(options: CallOptions = {}): Promise<void> {
    await this.call(this.era === 'older' ? 'ping' : 'server/discover', {}, options);
  }

  onListChanged(listener: (kind: McpListKind) => void): () => void {
    return this.watch.add(listener);
  }

  async close(): Promise<void> {
    this.watch.stop();
    await this.channel.close();
  }

  private get about(): { readonly serverName: string } {
    return { serverName: this.channel.serverName };
  }

  private async callOnce(name: string, args: JsonObject, options: CallOptions): Promise<McpToolResult> {
    const mirrored = this.mirrored?.get(name);
    const headers = mirrored === undefined ? undefined : mirroredHeaders(mirrored, args);
    const result = await this.call('tools/call', { name, arguments: args }, options, headers);
    return this.expect(result, isToolResult, 'tools/call');
  }

  private async call(
    method: string,
    params: JsonObject,
    options: CallOptions,
    headers?: Readonly<Record<string, string>>,
  ): Promise<JsonObject> {
    const timeoutMs = options.timeoutMs ?? this.defaultTimeoutMs;
    const body = options.meta === undefined ? params : { ...params, _meta: options.meta };
    try {
      return await withDeadline(timeoutMs, options.signal, (signal) =>
        this.channel.request(method, body, {
          signal,
          ...(headers === undefined ? {} : { headers }),
          onProgress: options.onProgress,
        }),
      );
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      const words = `"${this.channel.serverName}" did not answer ${method} within ${timeoutMs} ms.`;
      throw new McpTimeoutError(words, 'timeout', this.about);
    }
  }

  private async list<T>(
    method: string,
    member: string,
    options: CallOptions,
    isItem: (value: JsonValue) => value is T & JsonValue,
  ): Promise<readonly T[]> {
    const items: T[] = [];
    const cursors = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.call(method, cursor === undefined ? {} : { cursor }, options);
      const part = page[member];
      if (!Array.isArray(part)) throw this.violation(`${method} has no list of ${member}`);
      items.push(...(part as readonly JsonValue[]).filter(isItem));
      cursor = typeof page.nextCursor === 'string' ? page.nextCursor : undefined;
      const repeats = cursor !== undefined && cursors.has(cursor);
      if (repeats || cursors.size >= MAX_LIST_PAGES || items.length > MAX_LIST_ITEMS)
        throw this.violation(`${method} does not end`);
      if (cursor !== undefined) cursors.add(cursor);
    } while (cursor !== undefined);
    return items;
  }

  private expect<T extends JsonObject>(
    result: JsonObject,
    isShape: (value: JsonObject) => value is T,
    method: string,
  ): T {
    if (isShape(result)) return result;
    throw this.violation(`its answer to ${method} has not the right shape`);
  }

  private violation(what: string): McpProtocolError {
    return new McpProtocolError(
      `"${this.channel.serverName}" broke the protocol: ${what}.`,
      'mcp',
      this.about,
    );
  }
}

/** Servers say it with different codes and words; the older packages even answer with -32602 or -32601. */
const isUnknownTool = (error: unknown): boolean =>
  error instanceof McpRequestRefusedError &&
  (error.rpcCode === RPC.invalidParams || error.rpcCode === RPC.methodNotFound) &&
  /\btool\b/i.test(error.message) &&
  /\b(unknown|not found|does not exist|no such)\b/i.test(error.message);

const named = (value: JsonValue): value is JsonObject & { readonly name: string } =>
  isObject(value) && typeof value.name === 'string';
const isTool = (value: JsonValue): value is McpTool => named(value) && isObject(value.inputSchema);
const isResource = (value: JsonValue): value is McpResource => named(value) && typeof value.uri === 'string';
const isTemplate = (value: JsonValue): value is McpResourceTemplate =>
  named(value) && typeof value.uriTemplate === 'string';
const isPrompt = (value: JsonValue): value is McpPrompt => named(value);
const isToolResult = (value: JsonObject): value is McpToolResult => Array.isArray(value.content);
const isContents = (value: JsonObject): value is McpResourceContents => Array.isArray(value.contents);
const isPromptResult = (value: JsonObject): value is McpPromptResult => Array.isArray(value.messages);
