import { type JsonObject, type JsonValue } from '@app/kernel';
import { isObject, McpProtocolError, type McpSession, mirroredArguments } from '@app/mcp';

export type ListKind = 'tools' | 'prompts' | 'resources' | 'templates';

export interface FetchedList<T extends JsonObject = JsonObject> {
  readonly items: readonly T[];
  /** How long the server says that it may be believed; undefined where it says nothing, as older ones do. */
  readonly ttlMs?: number | undefined;
  /** True only where the server says that the list depends on nobody. */
  readonly isPublic?: boolean;
}

interface ListMethod {
  readonly method: string;
  readonly member: string;
  /** What a server must offer before it is asked: it would have to refuse, and that looks like a fault. */
  readonly capability: string;
  readonly isItem: (value: JsonObject) => boolean;
}

const isNamed = ({ name }: JsonObject): boolean => typeof name === 'string';

export const LISTS: Readonly<Record<ListKind, ListMethod>> = {
  tools: {
    ...{ method: 'tools/list', member: 'tools', capability: 'tools' },
    isItem: (item) => isNamed(item) && isObject(item.inputSchema),
  },
  prompts: { method: 'prompts/list', member: 'prompts', capability: 'prompts', isItem: isNamed },
  resources: {
    ...{ method: 'resources/list', member: 'resources', capability: 'resources' },
    isItem: (item) => isNamed(item) && typeof item.uri === 'string',
  },
  templates: {
    ...{ method: 'resources/templates/list', member: 'resourceTemplates', capability: 'resources' },
    isItem: (item) => isNamed(item) && typeof item.uriTemplate === 'string',
  },
};

/** A list longer than this is cut off by an error: no honest server has one. */
const PAGES_MAX = 100;
const ITEMS_MAX = 10_000;
const TTL_MAX_MS = 24 * 60 * 60 * 1_000;

/** A whole list with what the server says about its age. `meta` speaks for a client of the newer era. */
export async function fetchList<T extends JsonObject>(
  session: McpSession,
  kind: ListKind,
  serverName: string,
  meta?: JsonObject,
): Promise<FetchedList<T>> {
  const list = LISTS[kind];
  if (!(list.capability in session.capabilities)) return { items: [] };
  const items: JsonObject[] = [];
  const age = new Age();
  const common = meta === undefined ? {} : { _meta: meta };
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX && items.length <= ITEMS_MAX; pages += 1) {
    const page = await session.request(list.method, cursor === undefined ? common : { ...common, cursor });
    items.push(...itemsOf(page, list, serverName));
    age.take(page);
    const next = page.nextCursor;
    if (typeof next !== 'string') {
      const usable = kind === 'tools' && session.era === 'newer' ? items.filter(isCallableTool) : items;
      return { items: usable as T[], ttlMs: age.ttlMs, isPublic: age.isPublic };
    }
    if (next === cursor) break;
    cursor = next;
  }
  throw violation(serverName, `${list.method} does not end`);
}

function itemsOf(page: JsonObject, { method, member, isItem }: ListMethod, serverName: string): JsonObject[] {
  const part = page[member];
  if (!Array.isArray(part)) throw violation(serverName, `${method} has no list of ${member}`);
  return (part as readonly JsonValue[]).filter(isObject).filter(isItem);
}

/** The youngest age and the narrowest scope of all pages. */
class Age {
  ttlMs: number | undefined;
  isPublic = true;

  take({ ttlMs, cacheScope }: JsonObject): void {
    if (typeof ttlMs === 'number' && ttlMs >= 0)
      this.ttlMs = Math.min(ttlMs, this.ttlMs ?? TTL_MAX_MS, TTL_MAX_MS);
    this.isPublic &&= cacheScope === 'public';
  }
}

/** A tool with annotations that cannot be followed could only be called in vain. */
export const isCallableTool = ({ inputSchema }: JsonObject): boolean =>
  isObject(inputSchema) && mirroredArguments(inputSchema) !== undefined;

const violation = (serverName: string, what: string): McpProtocolError =>
  new McpProtocolError(`"${serverName}" broke the protocol: ${what}.`, 'mcp', { serverName });
