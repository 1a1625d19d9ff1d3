import { type Face } from '../records/call-record';

/** Which face an address means. */
export interface FacePath {
  readonly kind: Exclude<Face, 'rest'>;
  /** Of the instance or endpoint; empty for the face of everything. */
  readonly name: string;
}

const FACE = /^\/(?:mcp|(servers|endpoints)\/([^/?]+)\/mcp)(?:\?|$)/;
const METADATA = /^\/\.well-known\/oauth-protected-resource(\/[^?]*)?(?:\?|$)/;
const ALL: FacePath = { kind: 'all', name: '' };
const FIRST_LETTERS: ReadonlySet<number> = new Set(['m', 's', 'e'].map((letter) => letter.charCodeAt(0)));

/** Addresses that were read: callers use the same few. Forgotten all together, so that no stranger fills the memory. */
const READ_MAX = 1_000;
const read = new Map<string, FacePath>();

/** undefined for what the framework serves. Names stay as they were sent: those that exist need no encoding. */
export function facePathOf(url: string): FacePath | undefined {
  if (!FIRST_LETTERS.has(url.charCodeAt(1))) return undefined;
  const known = read.get(url);
  if (known !== undefined) return known;
  const path = pathIn(url);
  if (path === undefined || url.length > READ_LENGTH_MAX) return path;
  if (read.size >= READ_MAX) read.clear();
  read.set(url, path);
  return path;
}

const READ_LENGTH_MAX = 200;

function pathIn(url: string): FacePath | undefined {
  const match = FACE.exec(url);
  if (match === null) return undefined;
  const [, kind, name] = match;
  if (kind === undefined || name === undefined) return ALL;
  return { kind: kind === 'servers' ? 'server' : 'endpoint', name };
}

/** The path, without query, of the face whose metadata is asked for: empty for none in particular. */
export const metadataPathOf = (url: string): string | undefined => {
  const match = url.startsWith('/.w') ? METADATA.exec(url) : null;
  return match === null ? undefined : (match[1] ?? '');
};
