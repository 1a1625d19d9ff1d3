/**
 * Names of the OpenTelemetry conventions for MCP. They are still in development there, so they stand here and nowhere else.
 * Metrics are in the spelling of Prometheus: dots become underscores, the unit is the last word.
 */
export const MCP_SERVER_OPERATION_DURATION = 'mcp_server_operation_duration_seconds';
export const MCP_CLIENT_OPERATION_DURATION = 'mcp_client_operation_duration_seconds';
export const MCP_OPERATION_LABELS = ['mcp_method_name', 'mcp_protocol_version', 'error_type'] as const;
/** The bounds that the convention advises. */
export const MCP_OPERATION_BOUNDS_S = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
] as const;

/** What the protocol's eras name; the rest is `other`, because a caller may send any word. */
export const MCP_METHODS: ReadonlySet<string> = new Set([
  ...['initialize', 'server/discover', 'ping', 'completion/complete', 'logging/setLevel'],
  ...['tools/list', 'tools/call', 'prompts/list', 'prompts/get'],
  ...['resources/list', 'resources/templates/list', 'resources/read'],
  ...['resources/subscribe', 'resources/unsubscribe', 'subscriptions/listen'],
  ...['tasks/get', 'tasks/list', 'tasks/result', 'tasks/cancel', 'tasks/update'],
  ...['notifications/initialized', 'notifications/cancelled', 'notifications/progress'],
  'notifications/roots/list_changed',
]);

export const MCP_PROTOCOL_VERSIONS: ReadonlySet<string> = new Set([
  ...['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'],
]);

/** Attributes of spans. */
export const MCP_ATTRIBUTE = {
  method: 'mcp.method.name',
  protocolVersion: 'mcp.protocol.version',
  sessionId: 'mcp.session.id',
  resourceUri: 'mcp.resource.uri',
  tool: 'gen_ai.tool.name',
  prompt: 'gen_ai.prompt.name',
  operation: 'gen_ai.operation.name',
  requestId: 'jsonrpc.request.id',
  statusCode: 'rpc.response.status_code',
  transport: 'network.transport',
  /** Ours: which server, which endpoint, by which face. */
  server: 'quayside.server',
  endpoint: 'quayside.endpoint',
  face: 'quayside.face',
} as const;
const EXECUTE_TOOL = 'execute_tool';

export interface McpOperation {
  readonly method: string;
  /** Of the tool or the prompt, or the address of the resource. */
  readonly target?: string | undefined;
}

/** `tools/call echo`. An address of a resource is no name: there are too many of them. */
export function mcpSpanName({ method, target }: McpOperation): string {
  if (!MCP_METHODS.has(method)) return 'unknown';
  return target === undefined || !NAMED.has(method) ? method : `${method} ${target}`;
}

const NAMED: ReadonlySet<string> = new Set(['tools/call', 'prompts/get']);

export function mcpAttributes({ method, target }: McpOperation): Record<string, string | number | undefined> {
  if (!MCP_METHODS.has(method)) return {};
  if (method === 'tools/call')
    return {
      [MCP_ATTRIBUTE.method]: method,
      [MCP_ATTRIBUTE.operation]: EXECUTE_TOOL,
      [MCP_ATTRIBUTE.tool]: target,
    };
  if (method === 'prompts/get') return { [MCP_ATTRIBUTE.method]: method, [MCP_ATTRIBUTE.prompt]: target };
  if (method.startsWith('resources/'))
    return { [MCP_ATTRIBUTE.method]: method, [MCP_ATTRIBUTE.resourceUri]: target };
  return { [MCP_ATTRIBUTE.method]: method };
}
