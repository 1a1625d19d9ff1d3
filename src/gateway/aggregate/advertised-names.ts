import { createHash } from 'node:crypto';

/** Longer names are refused by widespread clients. */
const NAME_MAX = 64;
const DIGEST_LENGTH = 6;
const SEPARATOR = '__';

/** The name that never changes, whatever a face does with it: no instance's name holds `__`, so the first one splits. */
export const qualifiedName = (instance: string, original: string): string =>
  `${instance}${SEPARATOR}${original}`;

/** A pure function of configuration, so that a client may remember it while servers come and go. */
export function advertisedName(instance: string, original: string, isPrefixed: boolean): string {
  const name = isPrefixed ? qualifiedName(instance, original) : original;
  if (name.length <= NAME_MAX) return name;
  const digest = createHash('sha256').update(qualifiedName(instance, original)).digest('hex');
  return `${name.slice(0, NAME_MAX - DIGEST_LENGTH - 1)}_${digest.slice(0, DIGEST_LENGTH)}`;
}
