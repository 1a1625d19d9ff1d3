import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { Keyring } from '@app/security';

const KEY_BYTES = 32;

/** A keyring as it is written, `kid:base64` or `base64` each, the primary first. */
export type KeyringText = string;
export type KeyringChange = (text: KeyringText) => KeyringText;

const entriesOf = (text: KeyringText): string[] => text.split(/[\s,]+/).filter((entry) => entry !== '');

/** The date tells people which one is the older; the rest keeps two of one day apart. */
export function newEntry(now: Date): { readonly kid: string; readonly entry: string } {
  const kid = `k${now.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(2).toString('hex')}`;
  return { kid, entry: `${kid}:${randomBytes(KEY_BYTES).toString('base64')}` };
}

export const withKey =
  (entry: string, place: 'first' | 'last'): KeyringChange =>
  (text) =>
    place === 'first' ? joined([entry, ...entriesOf(text)]) : joined([...entriesOf(text), entry]);

/** The key becomes the one that new values are wrapped with. */
export const withPrimary =
  (kid: string): KeyringChange =>
  (text) => {
    const entries = entriesOf(text);
    const chosen = entries[placeOf(entries, kid)] ?? '';
    return joined([chosen, ...entries.filter((entry) => entry !== chosen)]);
  };

export const withoutKey =
  (kid: string): KeyringChange =>
  (text) => {
    const entries = entriesOf(text);
    const at = placeOf(entries, kid);
    if (at === 0) throw new Error(`${kid} is the primary key: new values are wrapped with it.`);
    return joined(entries.filter((_, place) => place !== at));
  };

/** A key answers to its name and to its fingerprint. */
function placeOf(entries: readonly string[], kid: string): number {
  const at = entries.findIndex((entry) => Keyring.fromSetting(entry).kids.includes(kid));
  if (at === -1) throw new Error(`There is no key named ${kid}.`);
  return at;
}

/** What cannot be read again must not be written. */
function joined(entries: readonly string[]): KeyringText {
  const text = entries.join(',');
  Keyring.fromSetting(text);
  return text;
}

/** Written beside and renamed: a crash leaves the old file or the new one, never half of one. Nobody else may read it. */
export function changeKeyFile(path: string, change: KeyringChange): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const fresh = `${path}.${String(process.pid)}`;
  writeFileSync(fresh, `${change(before).replaceAll(',', '\n')}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  if (existsSync(path) && statSync(path).isDirectory()) throw new Error(`${path} is a folder.`);
  renameSync(fresh, path);
}
