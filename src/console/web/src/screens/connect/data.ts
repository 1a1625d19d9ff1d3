import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';

export type Endpoint = components['schemas']['EndpointDto'];
export type Selection = components['schemas']['ToolSelectionDto'];
export type Connection = components['schemas']['ConnectionDto'];
export type SeenClient = components['schemas']['SeenClientDto'];
export type Tool = components['schemas']['ToolDto'];

const LIST_MAX = 200;
const LOOK_EVERY_MS = 1_000;

export const useEndpoints = () =>
  api.useQuery('get', '/api/v1/mcp/endpoints', { params: { query: { limit: LIST_MAX } } });

export const useInstanceNames = () =>
  api.useQuery('get', '/api/v1/mcp/instances', { params: { query: { limit: LIST_MAX, sort: 'name' } } });

export const useTools = () => api.useQuery('get', '/api/v1/mcp/tools', {});

export const useClients = () =>
  api.useQuery('get', '/api/v1/mcp/connect/clients', {}, { staleTime: Infinity });

export const useConnection = (target: string, client: string) =>
  api.useQuery('get', '/api/v1/mcp/connect', { params: { query: { target, client } } });

/** Asked for every second while somebody waits for a client to come. */
export const useSeenClients = () =>
  api.useQuery('get', '/api/v1/mcp/connect/seen', {}, { refetchInterval: LOOK_EVERY_MS, staleTime: 0 });

/** What a client is shown at a target, as far as its tools are known. */
export function toolsAt(
  target: string,
  tools: readonly Tool[],
  endpoints: readonly Endpoint[],
): readonly Tool[] {
  if (target === 'all') return tools;
  const name = target.slice(target.indexOf(':') + 1);
  if (target.startsWith('instance:')) return tools.filter((tool) => tool.server_name === name);
  const endpoint = endpoints.find((one) => one.name === name);
  return endpoint === undefined ? [] : tools.filter((tool) => offers(endpoint, tool));
}

export const qualified = ({ server_name: server, name }: Pick<Tool, 'server_name' | 'name'>): string =>
  `${server}__${name}`;

/** As the gateway decides it: patterns fit the name at the server or the one with its instance. */
export function offers(
  { instances, tools }: { readonly instances: readonly string[]; readonly tools: Selection },
  tool: Pick<Tool, 'server_name' | 'name'>,
): boolean {
  if (!instances.includes(tool.server_name)) return false;
  const fits = (pattern: string): boolean =>
    matchesPattern(pattern, tool.name) || matchesPattern(pattern, qualified(tool));
  return (tools.allow === undefined || tools.allow.some(fits)) && !(tools.deny ?? []).some(fits);
}

/** `*` stands for any characters. The same decision as the server's (libs/kernel/src/patterns.ts), which a test compares. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

export const tokensOf = (tools: readonly Tool[]): number =>
  tools.reduce((sum, { estimated_tokens: tokens }) => sum + tokens, 0);
