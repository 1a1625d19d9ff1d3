/** What the launcher reads: the length, a line feed, then `NAME=value` entries that each end with a zero byte. */
export function environmentBlock(values: ReadonlyMap<string, string>): Buffer {
  const entries = Buffer.concat(
    [...values].map(([name, value]) => Buffer.from(`${name}=${checked(name, value)}\0`)),
  );
  return Buffer.concat([Buffer.from(`${entries.length}\n`), entries]);
}

function checked(name: string, value: string): string {
  // An environment cannot hold it; cutting the value there would be a silent change of a secret.
  if (value.includes('\0'))
    throw new Error(`The value of ${name} holds a zero byte, which no environment can carry.`);
  return value;
}
