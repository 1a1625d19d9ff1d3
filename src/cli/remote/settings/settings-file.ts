import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Beside the file that was changed; one, so that undoing gives back what was there before us. */
const BACKUP = '.quayside-backup';
/** In its place where there was no file at all. */
const NONE_BEFORE = '.quayside-new';

export const readSettings = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** The old file lies beside the new one; a crash leaves one of the two, whole. */
export function writeSettings(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) {
    if (!existsSync(file + BACKUP) && !existsSync(file + NONE_BEFORE)) copyFileSync(file, file + BACKUP);
  } else writeFileSync(file + NONE_BEFORE, '');
  const fresh = `${file}.${String(process.pid)}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, file);
}

/** false: nothing was written here that could be taken back. */
export function undoSettings(file: string): boolean {
  if (existsSync(file + NONE_BEFORE)) {
    rmSync(file, { force: true });
    rmSync(file + NONE_BEFORE);
    return true;
  }
  if (!existsSync(file + BACKUP)) return false;
  renameSync(file + BACKUP, file);
  return true;
}
