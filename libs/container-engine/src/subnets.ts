import { createHash } from 'node:crypto';
import { NetworkRangeExhaustedError } from './errors';

/** A range of IPv4 addresses: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly base: number;
  readonly prefix: number;
}

/** Room for 13 members: the containers of one instance, and the relay. */
const INSTANCE_PREFIX = 28;
const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

const sizeOf = (prefix: number): number => 2 ** (32 - prefix);

/** undefined for what is not an IPv4 range, such as one of IPv6. */
export function parseSubnet(cidr: string): Subnet | undefined {
  const parts = CIDR.exec(cidr)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts;
  if (prefix > 32 || [a, b, c, d].some((octet) => octet > 255)) return undefined;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { base: address - (address % sizeOf(prefix)), prefix };
}

export const formatSubnet = ({ base, prefix }: Subnet): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;

export const overlaps = (a: Subnet, b: Subnet): boolean =>
  a.base < b.base + sizeOf(b.prefix) && b.base < a.base + sizeOf(a.prefix);

/**
 * The subnets of a range that overlap with none in use, in an order of the instance's own: two processes that choose
 * at the same time rarely want the same one, and an instance tends to get the same again.
 */
export function* freeSubnets(range: string, instanceId: string, used: readonly Subnet[]): Generator<Subnet> {
  const whole = parseSubnet(range);
  if (whole === undefined || whole.prefix > INSTANCE_PREFIX) throw new NetworkRangeExhaustedError(range);
  const size = sizeOf(INSTANCE_PREFIX);
  const count = sizeOf(whole.prefix) / size;
  const first = createHash('sha256').update(instanceId).digest().readUInt32BE(0) % count;
  const taken = used.filter((other) => overlaps(whole, other));
  for (let step = 0; step < count; step += 1) {
    const candidate = { base: whole.base + ((first + step) % count) * size, prefix: INSTANCE_PREFIX };
    if (!taken.some((other) => overlaps(candidate, other))) yield candidate;
  }
}
