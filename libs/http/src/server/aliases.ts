/** One unversioned path, and where it leads. Sub-paths follow where `deep` says so. */
export interface PathAlias {
  readonly alias: string;
  readonly of: string;
  readonly deep: boolean;
}

const API = '/api/v1';
const deep = (alias: string, of = API + alias): PathAlias => ({ alias, of, deep: true });
const exact = (alias: string, of = API + alias): PathAlias => ({ alias, of, deep: false });

/** The paths that the required documents print, and earlier ones of ours. `/mcp` alone is not among them: it is the MCP endpoint. */
export const PATH_ALIASES: readonly PathAlias[] = [
  deep('/mcp/servers'),
  deep('/mcp/instances'),
  deep('/mcp/tools'),
  deep('/mcp/resources'),
  deep('/mcp/prompts'),
  exact('/mcp/templates'),
  deep('/mcp/endpoints'),
  deep('/mcp/containers'),
  exact('/mcp/connect'),
  exact('/templates', `${API}/mcp/templates`),
  deep('/containers', `${API}/mcp/containers`),
  // Where they were before no two paths of the document could be taken for each other.
  deep(`${API}/notifications/webhooks`, `${API}/webhooks`),
  deep(`${API}/notifications/recipients`, `${API}/mail-recipients`),
];

/** Rewrites before routing, so that guards, limits and logs see one path only. */
export function canonicalUrl(url: string, aliases: readonly PathAlias[] = PATH_ALIASES): string {
  const queryAt = url.indexOf('?');
  const path = queryAt === -1 ? url : url.slice(0, queryAt);
  const match = aliases.find(
    ({ alias, deep: isDeep }) => path === alias || (isDeep && path.startsWith(`${alias}/`)),
  );
  return match === undefined ? url : match.of + url.slice(match.alias.length);
}
