const SENTINEL = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** A value as a header may carry it: plain when it is printable ASCII without outer spaces, else in base64. */
export function encodeHeaderValue(value: string): string {
  if (value === '' || (PLAIN.test(value) && !value.startsWith('=?base64?'))) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** undefined when a value claims to be encoded and is not. Only both marks together are the claim. */
export function decodeHeaderValue(header: string): string | undefined {
  if (!header.startsWith('=?base64?') || !header.endsWith('?=')) return header;
  const match = SENTINEL.exec(header);
  if (match?.[1] === undefined) return undefined;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  // Base64 has several spellings of one value, and broken UTF-8 none: only the one we would write ourselves counts.
  return Buffer.from(text, 'utf8').toString('base64') === match[1] ? text : undefined;
}
