import { type JsonObject, type JsonValue } from '@app/kernel';

export type McpEra = 'older' | 'newer';

/** Just what a session needs of `fetch`; the one of Node, of undici and a guarded one all fit. */
export type McpFetch = (url: string, init: McpFetchInit) => Promise<McpFetchAnswer>;

export interface McpFetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Always manual: a redirect of an MCP endpoint is an error, never followed. */
  readonly redirect: 'manual';
}

export interface McpFetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Credentials of one server. */
export interface McpAuth {
  /** Value of `Authorization`, or undefined for none. */
  authorization(signal?: AbortSignal): Promise<string | undefined>;
  /** Called once after a 401: a fresh value, or undefined when there is none better than `rejected`. */
  renew(rejected: string | undefined): Promise<string | undefined>;
}

export interface CallOptions {
  /** Total time, whatever happens on the way. */
  readonly timeoutMs?: number;
  /** Aborted by the caller: the request upstream is aborted too. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JsonObject) => void;
  /** Added to `_meta` of the request, for trace context. */
  readonly meta?: JsonObject;
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
  readonly transport: 'streamable-http' | 'sse';
  readonly serverInfo: McpServerInfo;
  readonly capabilities: JsonObject;
  readonly instructions: string | undefined;
  listTools(options?: CallOptions): Promise<readonly McpTool[]>;
  callTool(name: string, args: JsonObject, options?: CallOptions): Promise<McpToolResult>;
  listResources(options?: CallOptions): Promise<readonly McpResource[]>;
  listResourceTemplates(options?: CallOptions): Promise<readonly McpResourceTemplate[]>;
  readResource(uri: string, options?: CallOptions): Promise<McpResourceContents>;
  listPrompts(options?: CallOptions): Promise<readonly McpPrompt[]>;
  getPrompt(
    name: string,
    args: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<McpPromptResult>;
  /** Proof of life: `ping` of the older era, `server/discover` of the newer one. */
  ping(options?: CallOptions): Promise<void>;
  /** Hears of changed lists, over a stream that is opened by the first listener. Returns the way to stop. */
  onListChanged(listener: (kind: McpListKind) => void): () => void;
  close(): Promise<void>;
}
