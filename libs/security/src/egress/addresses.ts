import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { type RefusalReason } from './errors';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses of clouds' metadata services that lie outside the link-local ranges; some even look public. */
const METADATA: ReadonlySet<string> = new Set([
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

const REASONS: Readonly<Partial<Record<string, RefusalReason>>> = {
  loopback: 'loopback address',
  unspecified: 'loopback address',
  linkLocal: 'link-local address',
  private: 'private address',
  uniqueLocal: 'private address',
  deprecatedSiteLocal: 'private address',
  carrierGradeNat: 'private address',
};

/** undefined when the text is a name. Only the canonical spellings pass: `URL` has normalised the others already. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return undefined;
  return ipaddr.process(bare);
}

/** Why the address is not plain public unicast; undefined when it is. */
export function notPublic(address: Address): RefusalReason | undefined {
  const embedded = embeddedIPv4(address);
  if (embedded !== undefined) return notPublic(embedded);
  const range = address.range();
  if (range !== 'unicast') return REASONS[range] ?? 'reserved address';
  const isOutside = address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST);
  return isOutside ? 'reserved address' : undefined;
}

/** Link-local as a whole: besides the metadata services nothing there may be wanted by anybody. */
export function isMetadata(address: Address): boolean {
  const judged = embeddedIPv4(address) ?? address;
  return judged.range() === 'linkLocal' || METADATA.has(judged.toString());
}

export const isLoopback = (address: Address): boolean => address.range() === 'loopback';

/** Reaches this very machine: loopback, "any" (which connects to loopback), or an address of one of its interfaces. */
export function isOfThisHost(address: Address): boolean {
  if (isLoopback(address) || address.range() === 'unspecified') return true;
  const text = address.toString();
  return Object.values(networkInterfaces())
    .flat()
    .some((entry) => entry !== undefined && parseAddress(entry.address)?.toString() === text);
}

/** IPv6 forms that a gateway turns into an IPv4 destination: judged by that destination. */
function embeddedIPv4(address: Address): ipaddr.IPv4 | undefined {
  if (address instanceof ipaddr.IPv4) return undefined;
  const bytes = address.toByteArray();
  if (address.isIPv4MappedAddress() || address.match(NAT64)) return new ipaddr.IPv4(bytes.slice(12));
  if (address.range() === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  return undefined;
}
