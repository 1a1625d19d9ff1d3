/** The newest revision with a handshake, the one we offer. */
export const OLDER_VERSION = '2025-11-25';
export const OLDER_VERSIONS: readonly string[] = [OLDER_VERSION, '2025-06-18', '2025-03-26', '2024-11-05'];
/** The revision without sessions. */
export const NEWER_VERSION = '2026-07-28';
export const NEWER_VERSIONS: readonly string[] = [NEWER_VERSION];

export const CLIENT_INFO = { name: 'quayside', version: '1.0.0' } as const;

export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** Lower case, as Node gives them. */
export const HEADER = {
  session: 'mcp-session-id',
  version: 'mcp-protocol-version',
  method: 'mcp-method',
  name: 'mcp-name',
  lastEvent: 'last-event-id',
} as const;

export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Of the older era; never sent in the newer one. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** Application codes of ours: positive, because JSON-RPC keeps the negative range around -32000 for itself. */
export const OUR_RPC = { busy: 1001, serverEnded: 1002, cancelled: 1003, timeout: 1004 } as const;

/** Longest answer that is kept in memory (`security.md` §7). */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Longest request that a client may send. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** What an upstream may call a session: visible ASCII. */
export const SESSION_ID_PATTERN = /^[\x21-\x7e]{1,512}$/;

/** The member of `params` that `Mcp-Name` repeats. */
export function namedMember(method: string): 'name' | 'uri' | 'taskId' | undefined {
  if (method === 'tools/call' || method === 'prompts/get') return 'name';
  if (method === 'resources/read') return 'uri';
  return method.startsWith('tasks/') ? 'taskId' : undefined;
}
