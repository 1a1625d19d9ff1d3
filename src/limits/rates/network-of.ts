import { isIPv4, isIPv6 } from 'node:net';

const V4_IN_V6 = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * What an address is counted by: an IPv4 address is one caller; of IPv6 the first 64 bits are, since whoever has one of
 * those addresses has all of them.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  const v4 = V4_IN_V6.exec(plain)?.[1] ?? plain;
  if (isIPv4(v4)) return v4;
  if (!isIPv6(plain)) return 'unknown';
  return `${groupsOf(plain).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** All eight groups without leading zeros; the dotted end of a mapped address is two of them. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const given = [...before, ...after].reduce((sum, group) => sum + (group.includes('.') ? 2 : 1), 0);
  const zeros = tail === undefined ? [] : new Array<string>(GROUPS - given).fill('0');
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}
