type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The merge patch (RFC 7396) that makes `before` into `after`; members that went are null in it. What it cannot say is a member
 * that shall be null, and specifications have none.
 */
export function mergePatchOf(before: object, after: object): Record<string, unknown> {
  const old = before as Record<string, unknown>;
  const next = after as Record<string, unknown>;
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(old)) if (!Object.hasOwn(next, key)) patch[key] = null;
  for (const [key, value] of Object.entries(next)) {
    const was = old[key];
    if (JSON.stringify(was) === JSON.stringify(value)) continue;
    patch[key] = isObject(was) && isObject(value) ? mergePatchOf(was, value) : value;
  }
  return patch;
}

/** The value, or why it is none. */
export function parseSpec(text: string): { readonly value: object } | { readonly fault: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { value } : { fault: '{ … }' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

export const specText = (spec: object): string => JSON.stringify(spec, null, 2);
