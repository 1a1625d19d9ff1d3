import { type JsonObject, type JsonValue } from '@app/kernel';

/** Names that reach an object's prototype: never copied, whatever let them through before. */
const REFUSED = new Set(['__proto__', 'constructor', 'prototype']);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON Merge Patch (RFC 7396): null removes, objects merge, everything else replaces. Changes neither argument. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (REFUSED.has(key)) continue;
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(value) ? mergePatch(isObject(before) ? before : {}, value) : value);
  }
  return Object.fromEntries(merged);
}
