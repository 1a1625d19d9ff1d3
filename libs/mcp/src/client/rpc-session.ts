import { type JsonObject, type JsonValue } from '@app/kernel';
import { tracer } from '@app/telemetry';
import { McpProtocolError, McpRequestRefusedError, McpToolUnknownError } from '../errors';
import { isObject, metaOf, notification, type RpcNotification } from '../wire/json-rpc';
import { type Mirrored, mirroredArguments, mirroredHeaders } from '../wire/mirrored-arguments';
import { RPC } from '../wire/protocol';
import { CallTime } from './call-time';
import { type RpcChannel } from './channel';
import { type ClientSide } from './client-side';
import { Listening } from './listening';
import { isUnknownTool } from './refusal';
import { parentIn, requestInSpan } from './request-span';
import { throughRounds } from './round-trips';
import {
  type AskClient,
  type CallOptions,
  type McpEra,
  type McpInterest,
  type McpListKind,
  type McpPassing,
  type McpPrompt,
  type McpPromptResult,
  type McpResource,
  type McpResourceContents,
  type McpResourceTemplate,
  type McpServerInfo,
  type McpSession,
  type McpSubscription,
  type McpTool,
  type McpToolResult,
  type McpTransport,
  type PassListener,
  type RestOfCall,
} from './session';
import { isContents, isPrompt, isPromptResult, isResource, isTemplate, isTool, isToolResult } from './shapes';
import { Subscriptions } from './subscriptions';
import { TimedPass } from './timed-pass';

/** A list longer than this is cut off by an error: no honest server has one. */
const MAX_LIST_PAGES = 100;
const MAX_LIST_ITEMS = 10_000;

/** The methods of MCP over a channel; nothing here knows how messages travel. */
export class RpcSession implements McpSession {
  private readonly listening: Listening;
  private readonly subscriptions: Subscriptions;
  private readonly time: CallTime;
  /** Annotations of the tools last listed: the newer era wants some arguments repeated in headers. */
  private mirrored: ReadonlyMap<string, Mirrored> | undefined;

  constructor(
    private readonly channel: RpcChannel,
    private readonly client: ClientSide,
    defaultTimeoutMs: number,
  ) {
    this.time = new CallTime(channel.serverName, defaultTimeoutMs);
    this.listening = new Listening(channel, client.onRequest !== undefined);
    this.subscriptions = new Subscriptions(channel, this.listening, defaultTimeoutMs);
  }

  get era(): McpEra {
    return this.channel.era;
  }
  get transport(): McpTransport {
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

  async callTool(
    name: string,
    args: JsonObject,
    options: CallOptions = {},
    begun?: RestOfCall,
  ): Promise<McpToolResult> {
    try {
      if (begun === undefined) return await this.callOnce(name, args, options);
      return this.expect(await begun(options), isToolResult, 'tools/call');
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
    const result = await this.callWhole('resources/read', { uri }, options);
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
    const result = await this.callWhole('prompts/get', { name, arguments: args }, options);
    return this.expect(result, isPromptResult, 'prompts/get');
  }

  async ping(options: CallOptions = {}): Promise<void> {
    await this.call(this.era === 'older' ? 'ping' : 'server/discover', {}, options);
  }

  request(method: string, params: JsonObject, options: CallOptions = {}): Promise<JsonObject> {
    const args = isObject(params.arguments) ? params.arguments : {};
    const isCall = method === 'tools/call' && typeof params.name === 'string';
    const headers = isCall ? this.mirroredFor(params.name as string, args) : undefined;
    return this.call(method, params, headers === undefined ? options : withHeaders(options, headers));
  }

  /** Progress has to be listened to, and a span wants to know how the call ended. */
  canPass(params: JsonObject): boolean {
    if (this.channel.passer === undefined) return false;
    const meta = metaOf(params);
    return meta.progressToken === undefined && !(tracer.isOn && tracer.follows(parentIn(meta)));
  }

  pass(method: string, params: JsonObject, timeoutMs: number, listener: PassListener): McpPassing {
    const { passer } = this.channel;
    if (passer === undefined) throw new Error('Nothing passes here; ask whether it can.');
    return new TimedPass(listener, this.time, { method, timeoutMs }).start(passer, params);
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    await this.time.within(method, {}, (signal) => this.channel.notify(notification(method, params), signal));
  }

  onListChanged(listener: (kind: McpListKind) => void): () => void {
    return this.listening.onListChanged(listener);
  }

  onNotification(listener: (message: RpcNotification) => void): () => void {
    return this.listening.onNotification(listener);
  }

  subscribe(
    interest: McpInterest,
    onNotification: (message: RpcNotification) => void,
  ): Promise<McpSubscription> {
    return this.subscriptions.open(interest, onNotification);
  }

  async close(): Promise<void> {
    this.subscriptions.close();
    this.listening.stop();
    await this.channel.close();
  }

  private get about(): { readonly serverName: string } {
    return { serverName: this.channel.serverName };
  }

  private async callOnce(name: string, args: JsonObject, options: CallOptions): Promise<McpToolResult> {
    const params = { name, arguments: args };
    const headers = this.mirroredFor(name, args);
    const result = await this.callWhole('tools/call', params, withHeaders(options, headers));
    return this.expect(result, isToolResult, 'tools/call');
  }

  private mirroredFor(name: string, args: JsonObject): Readonly<Record<string, string>> | undefined {
    const mirrored = this.mirrored?.get(name);
    return mirrored === undefined ? undefined : mirroredHeaders(mirrored, args);
  }

  /** A call of the newer era may need several requests; they share its time. */
  private callWhole(method: string, params: JsonObject, options: CallOptions): Promise<JsonObject> {
    return this.time.within(method, options, (signal) =>
      throughRounds({
        serverName: this.channel.serverName,
        ask: this.askerOf(options),
        signal,
        send: (more) => this.send(method, { ...params, ...more }, options, signal),
      }),
    );
  }

  private askerOf({ onRequest: ofCall }: CallOptions): AskClient | undefined {
    const { onRequest: ofSession } = this.client;
    if (ofCall !== undefined || ofSession === undefined) return ofCall;
    return (method, params, signal) => ofSession({ jsonrpc: '2.0', id: 0, method, params }, signal);
  }

  private call(method: string, params: JsonObject, options: CallOptions): Promise<JsonObject> {
    return this.time.within(method, options, (signal) => this.send(method, params, options, signal));
  }

  private send(
    method: string,
    params: JsonObject,
    options: CallOptions,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const { meta, headers, onProgress, onNotification, onRequest } = options;
    const body = meta === undefined ? params : { ...params, _meta: { ...metaOf(params), ...meta } };
    const own = { signal, onProgress, onNotification, onRequest };
    const how = headers === undefined ? own : { ...own, headers };
    return tracer.isOn
      ? requestInSpan(this.channel, method, body, how)
      : this.channel.request(method, body, how);
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

const withHeaders = (
  options: CallOptions,
  headers: Readonly<Record<string, string>> | undefined,
): CallOptions =>
  headers === undefined ? options : { ...options, headers: { ...headers, ...options.headers } };
