import { type JsonObject, type JsonValue } from '@app/kernel';

const MAX_SCHEMA_BYTES = 256 * 1024;
const MAX_SCHEMA_DEPTH = 32;
const REFERENCES: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', '$recursiveRef']);
/** Dialects that we can check; a schema that names none is taken for the newest. */
const DIALECTS = /^https?:\/\/json-schema\.org\/(draft\/2020-12|draft-07)\/schema#?$/;

/** Why a schema is not even compiled, or undefined. Its members come from a stranger, so nothing of it is fetched. */
export function limitsBroken(schema: JsonObject): string | undefined {
  // Depth first: what is nested too deep cannot even be written as text.
  const broken = partBroken(schema, 0);
  if (broken !== undefined) return broken;
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES)
    return `it is longer than ${MAX_SCHEMA_BYTES} bytes`;
  const dialect = schema.$schema;
  if (dialect !== undefined && (typeof dialect !== 'string' || !DIALECTS.test(dialect)))
    return 'it is written in a dialect that is not supported';
  return undefined;
}

function partBroken(part: JsonValue, depth: number): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  if (depth > MAX_SCHEMA_DEPTH) return `it is nested deeper than ${MAX_SCHEMA_DEPTH} levels`;
  for (const [key, value] of Object.entries(part)) {
    if (REFERENCES.has(key) && typeof value === 'string' && !value.startsWith('#'))
      return 'it refers to another document';
    const broken = partBroken(value, depth + 1);
    if (broken !== undefined) return broken;
  }
  return undefined;
}
