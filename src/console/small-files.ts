import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** What lies beside the page without a hash in its name: one segment, so that no path leads out of the folder. */
const NAME = /^[a-z0-9][a-z0-9-]*\.(?:js|svg|png|ico|webmanifest)$/;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
};
const ETAG_CHARACTERS = 22;

export interface SmallFile {
  readonly type: string;
  readonly etag: string;
  readonly content: Buffer;
}

/** Such a file of the folder; undefined for any other path. */
export async function smallFile(folder: string, path: string): Promise<SmallFile | undefined> {
  if (!NAME.test(path)) return undefined;
  const content = await readFile(join(folder, path)).catch(() => undefined);
  if (content === undefined) return undefined;
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, ETAG_CHARACTERS);
  return { type: TYPES[extname(path)] ?? 'application/octet-stream', etag: `"${digest}"`, content };
}
