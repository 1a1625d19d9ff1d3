import { DomainError, type DomainErrorOptions, type ErrorKind, type UpstreamLayer } from '@app/kernel';

export interface McpErrorOptions extends Omit<DomainErrorOptions, 'upstream'> {
  /** Name of the server as its owner knows it; goes into `upstream.server_name`. */
  readonly serverName: string;
  /** False only when the request provably never began to run; then, and only then, a repetition is harmless. */
  readonly started?: boolean;
}

/** A failure between us and an MCP server. */
export abstract class McpError extends DomainError {
  abstract override readonly code: string;
  abstract override readonly kind: ErrorKind;
  readonly layer: UpstreamLayer;
  readonly started: boolean;

  constructor(message: string, layer: UpstreamLayer, options: McpErrorOptions) {
    const { serverName, started, ...rest } = options;
    super(message, { ...rest, upstream: { server_name: serverName, layer } });
    this.layer = layer;
    this.started = started ?? true;
  }
}

/** The server could not be reached, or the connection broke before its answer was complete. */
export class McpUnreachableError extends McpError {
  readonly code = 'upstream_unreachable';
  readonly kind = 'upstream';
  readonly title = 'The MCP server cannot be reached';
  override readonly hint = 'Look at the status of the instance; the layer tells where the connection ended.';
}

/** The server answered 429 or 503: it did no work and says when to come back. */
export class McpBusyError extends McpError {
  readonly code = 'upstream_busy';
  readonly kind = 'unavailable';
  readonly title = 'The MCP server takes no requests at the moment';
  override readonly hint = 'Wait as long as Retry-After says and try again.';
}

/** The server answered, but not in the protocol. */
export class McpProtocolError extends McpError {
  readonly code = 'upstream_protocol_error';
  readonly kind = 'upstream';
  readonly title = 'The MCP server broke the protocol';
  override readonly hint =
    'Check that the address is an MCP endpoint and that its transport is set correctly.';
}

export class McpTimeoutError extends McpError {
  readonly code = 'upstream_timeout';
  readonly kind = 'timeout';
  readonly title = 'The MCP server did not answer in time';
  override readonly hint = 'Raise the timeout of the instance, or look at its log for what keeps it busy.';
}

/** 401 or 403, also after one fresh token. */
export class McpAuthenticationError extends McpError {
  readonly code = 'upstream_auth_failed';
  readonly kind = 'upstream';
  readonly title = 'The MCP server refused our credentials';
  override readonly hint = 'Check the token or the OAuth client of the instance, and its scopes.';
}

/** The token endpoint gave no token. */
export class OAuthTokenError extends McpError {
  readonly code = 'upstream_token_failed';
  readonly kind = 'upstream';
  readonly title = 'No access token could be obtained for the MCP server';
  override readonly hint =
    'Check the token URL, the client id, the client secret and the scopes of the instance.';
}

/** A JSON-RPC error: the server understood the request and refused it. */
export class McpRequestRefusedError extends McpError {
  readonly code = 'upstream_refused';
  readonly kind = 'upstream';
  readonly title = 'The MCP server refused the request';
  override readonly hint = 'The detail holds the words of the server; correct the request by them.';

  constructor(
    message: string,
    readonly rpcCode: number,
    options: McpErrorOptions,
    readonly data?: unknown,
    /** The server's own words, neither cut nor framed: for passing on, never for our log. */
    readonly rpcMessage = message,
  ) {
    super(message, 'mcp', options);
  }
}

export class McpToolUnknownError extends McpError {
  readonly code = 'tool_unknown';
  readonly kind = 'not_found';
  readonly title = 'The MCP server has no such tool';
  override readonly hint = 'List the tools of the server; names are case-sensitive.';

  constructor(tool: string, options: McpErrorOptions) {
    super(`"${options.serverName}" has no tool named "${tool}".`, 'mcp', options);
  }
}

/** The process behind a stdio bridge ended, or its streams did. */
export class StdioServerEndedError extends McpError {
  readonly code = 'server_process_ended';
  readonly kind = 'upstream';
  readonly title = 'The process of the MCP server ended';
  override readonly hint =
    'Its last output is on the status of the instance; the instance is started again by itself.';

  constructor(
    message: string,
    options: McpErrorOptions,
    /** It ended while `server/discover` was open: it speaks the older era only and may be started again as such. */
    readonly diedOfQuestion = false,
  ) {
    super(message, 'mcp', options);
  }
}

/** More calls wait for a stdio server than its bridge keeps. */
export class BridgeBusyError extends McpError {
  readonly code = 'bridge_busy';
  readonly kind = 'unavailable';
  readonly title = 'Too many calls wait for this MCP server';
  override readonly hint = 'Wait a second and try again, or spread the load over more instances.';

  constructor(message: string, serverName: string) {
    super(message, 'mcp', { serverName, started: false, retryAfterS: 1 });
  }
}

/** Nobody holds the streams of the server at the moment: it starts, or whoever held them has just been replaced. */
export class StreamsNotHeldError extends DomainError {
  readonly code = 'server_streams_not_held';
  readonly kind = 'unavailable';
  readonly title = 'The MCP server is not attached yet';
  override readonly hint = 'Try again in a few seconds; its streams are taken up by themselves.';

  constructor() {
    super('The standard streams of this server are not held by the bridge at the moment.', {
      retryAfterS: 2,
    });
  }
}

/** Each session of the server has a process of its own, and there may be no more of them. */
export class SessionLimitReachedError extends McpError {
  readonly code = 'session_limit_reached';
  readonly kind = 'unavailable';
  readonly title = 'This MCP server takes no more sessions';
  override readonly hint =
    'End sessions that are no longer used (DELETE), wait until an idle one is ended, or raise max_sessions of the instance.';

  constructor(serverName: string, limit: number) {
    const words = `"${serverName}" gives each session a process of its own, and all ${limit} are in use.`;
    super(words, 'mcp', { serverName, started: false, retryAfterS: 10 });
  }
}

/** Arguments could not be checked right now; nothing is known about them. */
export class SchemaCheckUnavailableError extends DomainError {
  readonly code = 'schema_check_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'Arguments cannot be checked at the moment';
  override readonly hint = 'Try again in a second.';

  constructor(message: string) {
    super(message, { retryAfterS: 1 });
  }
}
