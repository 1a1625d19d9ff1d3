import { type JsonObject } from '@app/kernel';
import { META, metaOf } from '@app/mcp';
import { SERVER_INFO } from '../description';

/** How long a list may be kept whose server said nothing about it. */
const LIST_TTL_MS = 60_000;
const TTL_MS: ReadonlyMap<string, number> = new Map([
  ['tools/list', LIST_TTL_MS],
  ['prompts/list', LIST_TTL_MS],
  ['resources/list', LIST_TTL_MS],
  ['resources/templates/list', LIST_TTL_MS],
  // What a resource holds may change at any time, and an older server has no way to say when it will not.
  ['resources/read', 0],
]);

/** A result as this era wants it: what its server did not say, because it speaks the other era, is said for it. */
export function newerResult(method: string, result: JsonObject): JsonObject {
  const meta = metaOf(result);
  const named = {
    ...result,
    resultType: result.resultType ?? 'complete',
    _meta: meta[META.serverInfo] === undefined ? { ...meta, [META.serverInfo]: SERVER_INFO } : meta,
  };
  const ttlMs = TTL_MS.get(method);
  if (ttlMs === undefined || named.resultType !== 'complete') return named;
  // What is left of a list that was read a while ago is no whole number, and the protocol wants one.
  const left = typeof result.ttlMs === 'number' ? Math.max(0, Math.floor(result.ttlMs)) : ttlMs;
  return { cacheScope: 'private', ...named, ttlMs: left };
}
