import { type IncomingHttpHeaders } from 'node:http';
import { readChallenge } from '@app/mcp';
import { type Outbound, type OutboundTarget } from '@app/security';
import { type CallableRoute } from '../routing/route';
import { type RelayCredentials } from '../upstream/upstream-connector';

/** A server as the relay reaches it: judged addresses, and what is ours to add. Made once per connection key. */
export interface RelayTarget {
  readonly key: string;
  readonly addresses: readonly OutboundTarget[];
  /** For calls, whose number the bulkhead limits. */
  readonly calls: Outbound;
  /** For streams that stay open, which must not take the connections of calls. */
  readonly streams: Outbound;
  /** Names and values by turns, the same for each request. */
  readonly headers: readonly string[];
  /** undefined where everything needed is in `headers`. */
  readonly credentials: RelayCredentials | undefined;
  /** Which of the addresses answered last. */
  preferred: number;
  /** Of each address, where there are several replicas. */
  readonly replicas: readonly number[] | undefined;
  /** When another address than the first was preferred. */
  movedAtMs: number;
}

/** Nobody listens at the preferred address; another one of the same server, or another replica, may answer. */
export function moveOn(target: RelayTarget): void {
  target.preferred = (target.preferred + 1) % target.addresses.length;
  target.movedAtMs = performance.now();
}

/** The replica that is asked now; a lone server is the first. */
export const replicaOf = ({ replicas, preferred }: RelayTarget): number => replicas?.[preferred] ?? 0;

/** What a request needs before it can be sent, where it has to be asked for. */
export interface OwnHeaders {
  readonly headers: string[];
  /** The credential among them, for the case that it is refused. */
  readonly authorization: string | undefined;
}

export async function ownHeaders(
  { headers, credentials }: RelayTarget,
  renewed?: string,
): Promise<OwnHeaders> {
  if (credentials === undefined) return { headers: [...headers], authorization: undefined };
  const { auth } = credentials;
  const [own, authorization] = await Promise.all([
    credentials.headers(),
    renewed ?? auth?.authorization() ?? undefined,
  ]);
  const all = [...headers, ...Object.entries(own).flat()];
  if (authorization !== undefined) all.push('authorization', authorization);
  return { headers: all, authorization };
}

/**
 * After a refusal of credentials: headers with a fresh one. undefined at once where there is nothing to renew; resolves
 * with undefined where nothing better is to be had.
 */
export function renewedHeaders(
  target: RelayTarget,
  refused: OwnHeaders | undefined,
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
): Promise<OwnHeaders | undefined> | undefined {
  const auth = target.credentials?.auth;
  if (auth === undefined || (status !== 401 && status !== 403)) return undefined;
  const challenge = readChallenge(status, headers['www-authenticate'] ?? null);
  if (status === 403 && challenge.error !== 'insufficient_scope') return undefined;
  const rejected = refused?.authorization;
  return auth
    .renew(rejected, challenge)
    .then((value) => (value === undefined || value === rejected ? undefined : ownHeaders(target, value)));
}

/** Only streamable HTTP can be relayed; what speaks otherwise is ended and spoken to by the front. */
export const isRelayable = ({ upstream }: CallableRoute): boolean =>
  upstream.kind === 'bridge' ||
  (upstream.transport !== 'sse' && upstream.urls.every((url) => !/^wss?:/i.test(url)));
