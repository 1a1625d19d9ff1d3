import { type JsonObject, type JsonValue } from '@app/kernel';

/** A name of an instance has `_`, which no scheme may have, and never `.`, which a scheme may have. */
const SCHEME = 'mcp+';
const QUALIFIED = /^mcp\+([a-z0-9.-]{1,63})\+(.+)$/s;

export interface QualifiedUri {
  readonly instance: string;
  readonly uri: string;
}

/** `mcp+docs+file:///a`; templates alike. */
export const qualifyUri = (instance: string, uri: string): string =>
  `${SCHEME}${instance.replaceAll('_', '.')}+${uri}`;

/** undefined for what `qualifyUri` did not make. */
export function splitUri(text: string): QualifiedUri | undefined {
  const [, scheme, uri] = QUALIFIED.exec(text) ?? [];
  return scheme === undefined || uri === undefined
    ? undefined
    : { instance: scheme.replaceAll('.', '_'), uri };
}

/** Whether the bytes of a result may name a resource. A name of that kind can be spelt with escapes of its letters. */
export const mayNameResource = (result: Buffer): boolean =>
  result.includes('"resource') || result.includes('\\u006') || result.includes('\\u007');

type Rename = (uri: string) => string;

/** Where results name resources: links and embedded resources in content, contents of a resource, items of a list. */
export function renameUris(method: string, result: JsonObject, rename: Rename): JsonObject {
  switch (method) {
    case 'tools/call':
      return renameIn(result, 'content', (part) => inContent(part, rename));
    case 'prompts/get':
      return renameIn(result, 'messages', (message) => inMessage(message, rename));
    case 'resources/read':
      return renameIn(result, 'contents', (part) => withUri(part, rename));
    default:
      return result;
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function renameIn(result: JsonObject, member: string, change: (part: JsonValue) => JsonValue): JsonObject {
  const parts = result[member];
  if (!Array.isArray(parts)) return result;
  const renamed = (parts as readonly JsonValue[]).map(change);
  // Most results name no resource: those stay the objects they are.
  return renamed.every((part, index) => part === parts[index]) ? result : { ...result, [member]: renamed };
}

function inContent(part: JsonValue, rename: Rename): JsonValue {
  if (!isObject(part)) return part;
  if (part.type === 'resource_link') return withUri(part, rename);
  if (part.type !== 'resource' || !isObject(part.resource)) return part;
  return { ...part, resource: withUri(part.resource, rename) };
}

function inMessage(message: JsonValue, rename: Rename): JsonValue {
  if (!isObject(message)) return message;
  const { content } = message;
  if (content === undefined) return message;
  const renamed = Array.isArray(content)
    ? (content as readonly JsonValue[]).map((part) => inContent(part, rename))
    : inContent(content, rename);
  return { ...message, content: renamed };
}

function withUri(part: JsonValue, rename: Rename): JsonValue {
  return isObject(part) && typeof part.uri === 'string' ? { ...part, uri: rename(part.uri) } : part;
}
