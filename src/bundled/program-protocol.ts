/**
 * A whole MCP server in two small files without any package: so it starts in milliseconds, fits into an image that
 * holds nothing but Node, and is a neutral target for measurements. It speaks both eras.
 */
export interface ProgramTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
  run(args: Readonly<Record<string, unknown>>): string;
}

export interface Program {
  readonly name: string;
  readonly version: string;
  readonly tools: readonly ProgramTool[];
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export const NEWER_VERSION = '2026-07-28';
const OLDER_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const SERVER_KEY = 'io.modelcontextprotocol/serverInfo';
const LIST_TTL_MS = 300_000;

class ProgramError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: object,
  ) {
    super(message);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const versionOf = (message: Message): unknown => {
  const meta = message.params?._meta;
  return isObject(meta) ? meta[VERSION_KEY] : undefined;
};

export const isNewer = (message: Message): boolean => versionOf(message) !== undefined;

/** The answer to one message, as text; undefined when none is due. */
export function answer(program: Program, text: string): string | undefined {
  const message = parse(text);
  if (message === undefined)
    return encode(null, { error: { code: -32700, message: 'Not a JSON-RPC message' } });
  if (message.id === undefined || message.method === undefined) return undefined;
  try {
    return encode(message.id, { result: resultOf(program, message) });
  } catch (error) {
    const { code, data } = error instanceof ProgramError ? error : { code: -32603, data: undefined };
    const words = error instanceof Error ? error.message : 'Internal error';
    return encode(message.id, { error: { code, message: words, ...(data === undefined ? {} : { data }) } });
  }
}

export function parse(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && value.jsonrpc === '2.0' ? value : undefined;
  } catch {
    // Not JSON: the caller answers with the protocol's own error.
    return undefined;
  }
}

const encode = (id: string | number | null, body: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id, ...body });

function resultOf(program: Program, message: Message): object {
  if (!isNewer(message)) return olderResult(program, message);
  const version = versionOf(message);
  if (version !== NEWER_VERSION)
    throw new ProgramError(-32022, 'Unsupported protocol version', {
      supported: [NEWER_VERSION],
      requested: version,
    });
  return newerResult(program, message);
}

function olderResult(program: Program, { method, params }: Message): object {
  if (method === 'ping') return {};
  if (method !== 'initialize') return toolsResult(program, method, params);
  const asked = OLDER_VERSIONS.find((version) => version === params?.protocolVersion);
  return {
    protocolVersion: asked ?? OLDER_VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name: program.name, version: program.version },
  };
}

function newerResult(program: Program, { method, params }: Message): object {
  const about = {
    resultType: 'complete',
    _meta: { [SERVER_KEY]: { name: program.name, version: program.version } },
  };
  const cache = { ttlMs: LIST_TTL_MS, cacheScope: 'public' };
  if (method === 'server/discover')
    return { ...about, ...cache, supportedVersions: [NEWER_VERSION], capabilities: { tools: {} } };
  const result = toolsResult(program, method, params);
  return method === 'tools/list' ? { ...about, ...cache, ...result } : { ...about, ...result };
}

function toolsResult(program: Program, method: string | undefined, params: Message['params']): object {
  if (method === 'tools/list')
    return {
      tools: program.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    };
  if (method !== 'tools/call') throw new ProgramError(-32601, `Method not found: ${method ?? ''}`);
  const tool = program.tools.find(({ name }) => name === params?.name);
  if (tool === undefined) throw new ProgramError(-32602, `Unknown tool: ${String(params?.name)}`);
  const args = isObject(params?.arguments) ? params.arguments : {};
  return { content: [{ type: 'text', text: tool.run(args) }] };
}
