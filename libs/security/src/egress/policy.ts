import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from './addresses';

export interface EgressPolicyInit {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly localMode?: boolean;
}

/** Where requests may go that somebody else supplied the address of. A class, so that it can be injected by its type. */
export class EgressPolicy {
  /** `host-or-CIDR:port` of the configuration (EGRESS_ALLOW), never from the API. */
  readonly allow: readonly string[];
  /** Our own listeners, PostgreSQL, Redis, the engine, as `host:port`: no entry of `allow` opens them. */
  readonly deny: readonly string[];
  /** Bound to loopback: `localhost` and 127.0.0.1 may be named literally. */
  readonly localMode: boolean;

  constructor({ allow = [], deny = [], localMode = false }: EgressPolicyInit = {}) {
    this.allow = allow;
    this.deny = deny;
    this.localMode = localMode;
  }
}

/** An entry cannot be read; a setting's fault, met at start only. */
export class InvalidEgressEntryError extends Error {
  override readonly name = 'InvalidEgressEntryError';
  constructor(entry: string) {
    super(`"${entry}" is not host:port, address:port or CIDR:port (IPv6 in brackets).`);
  }
}

/** One entry of `allow` or `deny`, read. */
export interface EgressEntry {
  readonly port: number;
  readonly host: string;
  /** Present when `host` is an address or a CIDR block. */
  readonly block?: readonly [Address, number];
}

const ENTRY = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;
const MAX_PORT = 65_535;

export function parseEntry(text: string): EgressEntry {
  const match = ENTRY.exec(text.trim().toLowerCase());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= MAX_PORT)) throw new InvalidEgressEntryError(text);
  const block = parseBlock(host, text);
  return block === undefined ? { host, port } : { host, port, block };
}

export const covers = ({ block }: EgressEntry, address: Address): boolean =>
  block !== undefined && block[0].kind() === address.kind() && address.match(block as [Address, number]);

function parseBlock(host: string, text: string): readonly [Address, number] | undefined {
  if (!host.includes('/')) {
    const address = parseAddress(host);
    return address === undefined ? undefined : [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  try {
    return ipaddr.parseCIDR(host);
  } catch {
    throw new InvalidEgressEntryError(text);
  }
}
