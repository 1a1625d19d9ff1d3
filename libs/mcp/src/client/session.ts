import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Challenge } from '../wire/challenge';
import { type RpcNotification, type RpcRequest } from '../wire/json-rpc';

export type McpEra = 'older' | 'newer';
export type McpTransport = 'streamable-http' | 'sse' | 'websocket';

/** Just what a session needs of `fetch`; the one of Node, of undici and a guarded one all fit. */
export interface McpFetch {
  (url: string, init: McpFetchInit): Promise<McpFetchAnswer>;
  /** The same without a promise; without it no result is passed on unread. */
  readonly start?: (url: string, message: McpFetchMessage, listener: McpFetchListener) => McpFetchStarted;
}

export interface McpFetchMessage {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Told once: of the answer, or of what kept it away. */
export interface McpFetchListener {
  /** The head came. True: to be told when the body is here, too, or as much of it as is read ahead. */
  wantsWhole(answer: McpFetchAnswer): boolean;
  onAnswer(answer: McpFetchAnswer): void;
  onError(error: unknown): void;
}

export interface McpFetchStarted {
  /** From now on it ends with the signal. */
  follow(signal: AbortSignal): void;
  abort(reason: Error): void;
}

export interface McpFetchInit extends McpFetchMessage {
  readonly signal: AbortSignal;
  /** Always manual: a redirect of an MCP endpoint is an error, never followed. */
  readonly redirect: 'manual';
}

export interface McpFetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Ends a body that is not read to its end. Where it is missing, the end of the iteration has to do. */
  readonly cancel?: () => void;
  /** What was not read of a body that has come to its end already; undefined while more may come. */
  readonly rest?: () => readonly Uint8Array[] | undefined;
}

/** Just what a session needs of a WebSocket client; the guarded one fits. */
export type McpSocketOpener = (url: string, init: McpSocketInit) => Promise<McpSocket | McpSocketRefusal>;

export interface McpSocketInit {
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string;
  readonly maxMessageBytes: number;
  /** Of the opening; an open socket is closed by `close`. */
  readonly signal: AbortSignal;
  onMessage(text: string): void;
  /** Once, whoever ended it. */
  onEnd(): void;
}

export interface McpSocket {
  send(text: string): Promise<void>;
  close(): void;
}

/** The other side would not have it, in the words of HTTP. */
export interface McpSocketRefusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** Credentials of one server. */
export interface McpAuth {
  /** Value of `Authorization`, or undefined for none. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Called once after a 401, and after a 403 that asks for more scope: a fresh value, or undefined when there is none
   * better than `rejected`.
   */
  renew(rejected: string | undefined, challenge: Challenge): Promise<string | undefined>;
}

/** Asks whoever stands behind a call: sampling, elicitation, roots. Aborted when the server takes its question back. */
export type AskClient = (method: string, params: JsonObject, signal: AbortSignal) => Promise<JsonObject>;
/** The same for questions that belong to no call. */
export type OnServerRequest = (message: RpcRequest, signal: AbortSignal) => Promise<JsonObject>;

export interface CallOptions {
  /** Total time, whatever happens on the way. */
  readonly timeoutMs?: number;
  /** Aborted by the caller: the request upstream is aborted too. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JsonObject) => void;
  /** Added to `_meta` of the request, for trace context. */
  readonly meta?: JsonObject;
  /** Progress and log messages of this call; without it they go to the listeners of the session. */
  readonly onNotification?: (message: RpcNotification) => void;
  /** What the server asks during this call; without it the `onRequest` of the connection is asked. */
  readonly onRequest?: AskClient;
  /** Sent with this request only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A result as its server wrote it: an object, and the same for clients of all eras. */
export interface PassedResult {
  readonly bytes: Buffer;
  /** The tool ran and says that it failed. */
  readonly isToolError: boolean;
}

/** Whoever passes a result on. Told once, unless it gives the call up. */
export interface PassListener {
  /** False: somebody has to look into it after all, and it comes by `onOther`. */
  onResult(result: PassedResult): boolean;
  /** Whatever else came. To be called: it goes on as `request` would, and ends like it. */
  onOther(rest: RestOfCall): void;
}

/** A signal and who listens are asked for only here: they would be much of the cost of a call. */
export type RestOfCall = (options: CallOptions) => Promise<JsonObject>;

/** A call whose result will be passed on. */
export interface McpPassing {
  /** Its server hears that nobody waits any more; the listener hears nothing. */
  abort(reason: Error): void;
  /** The time of the call stands still meanwhile, and begins anew. */
  during<T>(question: Promise<T>): Promise<T>;
}

/** What a listener wants to be told of unasked. */
export interface McpInterest {
  readonly toolsListChanged?: boolean;
  readonly promptsListChanged?: boolean;
  readonly resourcesListChanged?: boolean;
  readonly resourceUris?: readonly string[];
}

export interface McpSubscription {
  /** What the server granted. */
  readonly granted: McpInterest;
  /** Settles when no more will come, with whatever the server said last. */
  readonly ended: Promise<void>;
  stop(): void;
}

export interface McpServerInfo {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
}

/** Members that we do not know are kept: what a server says about itself is passed on as it is. */
export type McpTool = JsonObject & {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: JsonObject;
};
export type McpResource = JsonObject & { readonly uri: string; readonly name: string };
export type McpResourceTemplate = JsonObject & { readonly uriTemplate: string; readonly name: string };
export type McpPrompt = JsonObject & { readonly name: string };
export type McpToolResult = JsonObject & {
  readonly content: readonly JsonValue[];
  readonly isError?: boolean;
};
export type McpResourceContents = JsonObject & { readonly contents: readonly JsonValue[] };
export type McpPromptResult = JsonObject & { readonly messages: readonly JsonValue[] };

export type McpListKind = 'tools' | 'resources' | 'prompts';

/** A live relation to one MCP server. Methods throw `McpError`s. */
export interface McpSession {
  readonly era: McpEra;
  readonly protocolVersion: string;
  /** The one of several addresses that answered. */
  readonly url: string;
  readonly transport: McpTransport;
  readonly serverInfo: McpServerInfo;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  listTools(options?: CallOptions): Promise<readonly McpTool[]>;
  /** `begun`: the rest of a call of this tool that `pass` began. */
  callTool(name: string, args: JsonObject, options?: CallOptions, begun?: RestOfCall): Promise<McpToolResult>;
  listResources(options?: CallOptions): Promise<readonly McpResource[]>;
  listResourceTemplates(options?: CallOptions): Promise<readonly McpResourceTemplate[]>;
  readResource(uri: string, options?: CallOptions): Promise<McpResourceContents>;
  listPrompts(options?: CallOptions): Promise<readonly McpPrompt[]>;
  getPrompt(
    name: string,
    args: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<McpPromptResult>;
  /**
   * Any request; the result as it came, `resultType` included. `input_required` of the newer era is a result like any
   * other here, while `callTool`, `readResource` and `getPrompt` answer it through `onRequest` and ask again.
   */
  request(method: string, params: JsonObject, options?: CallOptions): Promise<JsonObject>;
  /** Whether the result of such a request can be passed on unread. */
  canPass(params: JsonObject): boolean;
  /**
   * As `request`, for a result that nobody has to look into, and without a promise where that is what comes. Only where
   * `canPass` says so.
   */
  pass(method: string, params: JsonObject, timeoutMs: number, listener: PassListener): McpPassing;
  /** Settles when the server has taken it. The newer era knows no notifications of clients: nothing is sent there. */
  notify(method: string, params?: JsonObject): Promise<void>;
  /**
   * Hears what the server says that belongs to no call. In the older era the first listener opens the stream for it; in
   * the newer one nothing is said unless `subscribe` or `onListChanged` asked for it.
   */
  onNotification(listener: (message: RpcNotification) => void): () => void;
  /** `subscriptions/listen` of the newer era; in the older one the stream of the session and `resources/subscribe`. */
  subscribe(
    interest: McpInterest,
    onNotification: (message: RpcNotification) => void,
  ): Promise<McpSubscription>;
  /** Proof of life: `ping` of the older era, `server/discover` of the newer one. */
  ping(options?: CallOptions): Promise<void>;
  /** Hears of changed lists, over a stream that is opened by the first listener. Returns the way to stop. */
  onListChanged(listener: (kind: McpListKind) => void): () => void;
  close(): Promise<void>;
}
