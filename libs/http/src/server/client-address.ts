import { type IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Longer chains are invented ones. */
const HOPS_MAX = 16;

/** Where a request came from: the nearest address that is none of our own proxies. */
export function clientAddress(
  trustedProxies: readonly string[],
): (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | undefined {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress;
  const trusted = blocksOf(trustedProxies);
  const isTrusted = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  return ({ socket, headers }) => {
    const forwarded = headers['x-forwarded-for'];
    const hops = typeof forwarded === 'string' ? forwarded.split(',').slice(-HOPS_MAX) : [];
    let address = socket.remoteAddress;
    for (const hop of hops.reverse()) {
      if (address === undefined || !isTrusted(address)) break;
      address = hop.trim();
    }
    return address;
  };
}

function blocksOf(trustedProxies: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.trim().split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) blocks.addAddress(address, family);
    else blocks.addSubnet(address, Number(prefix), family);
  }
  return blocks;
}
