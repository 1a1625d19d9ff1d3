import { SecretNotDeliverableError } from '../errors';

/** What the launcher reads: the length, a line feed, then `NAME=value` entries that each end with a zero byte. */
export function environmentBlock(values: ReadonlyMap<string, string>): Buffer {
  const entries = Buffer.concat(
    [...environmentEntries(values)].map(([name, value]) => Buffer.from(`${name}=${value}\0`)),
  );
  return Buffer.concat([Buffer.from(`${entries.length}\n`), entries]);
}

/** The values, when an environment can hold them: cutting one at a zero byte would be a silent change of a secret. */
export function environmentEntries(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [name, value] of values) if (value.includes('\0')) throw new SecretNotDeliverableError(name);
  return values;
}
