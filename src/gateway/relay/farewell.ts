import { type RelayRequest } from './relay-request';
import { wholeAnswer } from './whole-answer';

/** Nobody waits for a good-bye. */
const LIMIT_MS = 2_000;
/** At once; a server that takes none is not sent ever more of them. */
const AT_ONCE_MAX = 64;

let underWay = 0;

/** Tells a server of the older era that nobody waits for a request any more: there, closing a connection says nothing. */
export function sayCancelled(
  { target, scan, era }: Pick<RelayRequest, 'target' | 'scan' | 'era'>,
  own: readonly string[],
  about: { readonly sessionId: string | undefined; readonly reason: string },
): void {
  const { id: requestId, kind, method } = scan;
  const isWorth = era === 'older' && kind === 'request' && method !== 'initialize';
  if (!isWorth || requestId === undefined || requestId === null) return;
  const address = target.addresses[target.preferred];
  if (address === undefined || underWay >= AT_ONCE_MAX) return;
  const { sessionId, reason } = about;
  const params = { requestId, reason };
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
  const headers = [
    ...own,
    'content-type',
    'application/json',
    'accept',
    'application/json, text/event-stream',
  ];
  if (sessionId !== undefined) headers.push('mcp-session-id', sessionId);
  underWay += 1;
  wholeAnswer(target.calls, address, { method: 'POST', headers, body: Buffer.from(body) }, LIMIT_MS)
    .catch(() => undefined) // The server may be what is broken.
    .finally(() => {
      underWay -= 1;
    });
}
