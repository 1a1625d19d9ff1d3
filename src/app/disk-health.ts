import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type HealthFinding, type HealthIndicator } from '../observability';

const MEBIBYTE = 1024 * 1024;
/** Less than both of these is little: of a large disk the first, of a small one the second. */
const LITTLE_BYTES = 256 * MEBIBYTE;
const LITTLE_SHARE = 0.05;

/** Where this process keeps what it writes. Never required: servers that run need no room, and a restart makes none. */
export const diskIndicator = (folder: string): HealthIndicator => ({
  name: 'disk',
  requiredFor: 'info',
  check: async () => {
    const { bavail, blocks, bsize } = await statfs(existing(folder));
    return findingOf(folder, bavail * bsize, blocks * bsize);
  },
});

export function findingOf(folder: string, freeBytes: number, allBytes: number): HealthFinding {
  const inWords = (bytes: number): string => `${String(Math.floor(bytes / MEBIBYTE))} MiB`;
  return {
    ok: freeBytes >= Math.min(LITTLE_BYTES, allBytes * LITTLE_SHARE),
    detail: `${inWords(freeBytes)} of ${inWords(allBytes)} are free for ${folder}.`,
  };
}

/** The folder is made when there is something to put into it. */
function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}
