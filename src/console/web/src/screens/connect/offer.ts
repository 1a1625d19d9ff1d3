import { type Endpoint, type Selection, type Tool } from './data';

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
