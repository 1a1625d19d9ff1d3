import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { decodeHeaderValue, encodeHeaderValue } from './header-value';
import { isObject } from './json-rpc';

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const MIRRORED_TYPES: readonly JsonValue[] = ['string', 'integer', 'boolean'];
const MAX_MIRRORED = 32;
/** Deeper than any schema that is accepted for checks. */
const MAX_DEPTH = 32;

/** Header `Mcp-Param-<name>` -> where its value stands in the arguments. */
export type Mirrored = ReadonlyMap<string, readonly string[]>;

/**
 * Finds the `x-mcp-header` annotations of a tool. undefined when one is invalid or stands where no argument can be
 * found by a path of properties: the tool cannot be called then, because its server would refuse every call.
 */
export function mirroredArguments(inputSchema: JsonObject): Mirrored | undefined {
  const found = new Map<string, readonly string[]>();
  const walk = (schema: JsonValue, path: readonly string[] | undefined, depth: number): boolean => {
    if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return true;
    if (!isObject(schema)) return Object.values(schema).every((part) => walk(part, undefined, depth + 1));
    if (schema['x-mcp-header'] !== undefined && !take(found, schema, path)) return false;
    return Object.entries(schema).every(([key, part]) => {
      if (key !== 'properties' || !isObject(part)) return walk(part, undefined, depth + 1);
      return Object.entries(part).every(([name, property]) =>
        walk(property, path === undefined ? undefined : [...path, name], depth + 1),
      );
    });
  };
  return walk(inputSchema, [], 0) ? found : undefined;
}

function take(
  found: Map<string, readonly string[]>,
  property: JsonObject,
  path: readonly string[] | undefined,
): boolean {
  const header = property['x-mcp-header'];
  if (typeof header !== 'string' || !NAME.test(header) || path === undefined || path.length === 0)
    return false;
  const key = header.toLowerCase();
  const valid =
    MIRRORED_TYPES.includes(property.type ?? null) && !found.has(key) && found.size < MAX_MIRRORED;
  if (valid) found.set(key, path);
  return valid;
}

/** The headers for one call; absent and null arguments have none. */
export function mirroredHeaders(mirrored: Mirrored, args: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, path] of mirrored) {
    const value = argumentAt(args, path);
    if (value !== undefined) headers[headerOf(name)] = encodeHeaderValue(String(value));
  }
  return headers;
}

/** The first header that does not say what the arguments say, or undefined. */
export function mirroredMismatch(
  mirrored: Mirrored,
  args: JsonObject,
  headers: IncomingHttpHeaders,
): string | undefined {
  for (const [name, path] of mirrored) {
    const header = headers[headerOf(name)];
    const said = typeof header === 'string' ? decodeHeaderValue(header) : undefined;
    // A header that cannot be decoded repeats nothing, not even an argument that is absent.
    const isBroken = header !== undefined && said === undefined;
    if (isBroken || !isSame(argumentAt(args, path), said)) return headerOf(name);
  }
  return undefined;
}

const headerOf = (name: string): string => `mcp-param-${name}`;

function argumentAt(args: JsonObject, path: readonly string[]): string | number | boolean | undefined {
  const value = path.reduce<JsonValue | undefined>(
    (at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined),
    args,
  );
  return value === undefined || value === null || typeof value === 'object' ? undefined : value;
}

/** Numbers compare as numbers: `7` and `7.0` are one integer. */
function isSame(value: string | number | boolean | undefined, said: string | undefined): boolean {
  if (value === undefined || said === undefined) return value === said;
  return typeof value === 'number' ? said.trim() !== '' && Number(said) === value : String(value) === said;
}
