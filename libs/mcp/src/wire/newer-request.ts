import { type IncomingHttpHeaders } from 'node:http';
import { decodeHeaderValue } from './header-value';
import { isObject, metaOf, type RpcError, type RpcRequest } from './json-rpc';
import { HEADER, META, namedMember, NEWER_VERSIONS, RPC } from './protocol';

/** What the newer era has no more: sessions, and what only makes sense with them. */
export const REMOVED_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

const STATUS: Readonly<Record<number, number>> = {
  [RPC.headerMismatch]: 400,
  [RPC.missingCapability]: 400,
  [RPC.unsupportedVersion]: 400,
  [RPC.methodNotFound]: 404,
};

/** The HTTP status that the newer era ties to an error code; most have none of their own. */
export const newerStatus = (code: number): number => STATUS[code] ?? 200;

/** What is wrong with a request that calls itself newer, or undefined. All of it is answered with 400. */
export function newerFault(message: RpcRequest, headers: IncomingHttpHeaders): RpcError | undefined {
  const meta = metaOf(message.params);
  const version = meta[META.version];
  if (typeof version !== 'string')
    return { code: RPC.invalidParams, message: `_meta must hold ${META.version}` };
  if (headers[HEADER.version] !== version) return mismatch(`${HEADER.version} and _meta disagree`);
  if (!NEWER_VERSIONS.includes(version))
    return {
      code: RPC.unsupportedVersion,
      message: 'Unsupported protocol version',
      data: { supported: NEWER_VERSIONS, requested: version },
    };
  if (!isObject(meta[META.clientCapabilities]))
    return { code: RPC.invalidParams, message: `_meta must hold ${META.clientCapabilities}` };
  if (headers[HEADER.method] !== message.method) return mismatch(`${HEADER.method} and method disagree`);
  return nameFault(message, headers);
}

function nameFault({ method, params }: RpcRequest, headers: IncomingHttpHeaders): RpcError | undefined {
  const member = namedMember(method);
  if (member === undefined) return undefined;
  const header = headers[HEADER.name];
  // What names nothing is refused for that, or asks for all there is.
  if (header === undefined && params?.[member] === undefined) return undefined;
  const name = typeof header === 'string' ? decodeHeaderValue(header) : undefined;
  return name !== undefined && name === params?.[member]
    ? undefined
    : mismatch(`${HEADER.name} and ${member} disagree`);
}

const mismatch = (message: string): RpcError => ({ code: RPC.headerMismatch, message });
