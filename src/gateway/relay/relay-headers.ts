import { type IncomingHttpHeaders } from 'node:http';

/**
 * Of a client's headers these go upstream, and those that begin with `mcp-`. Everything else stays: credentials, cookies,
 * addresses and origins are between the client and us, and what a hop says of itself ends with the hop. So does baggage:
 * what somebody outside attached to a trace is not for servers to believe.
 */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-type',
  'last-event-id',
  'tracestate',
]);
/** Of a server's headers these reach the client, and those that begin with `mcp-`. */
const RESPONSE_HEADERS: ReadonlySet<string> = new Set(['content-type', 'cache-control', 'retry-after']);
const MCP = 'mcp-';
const SESSION = 'mcp-session-id';

const goesUpstream = (name: string): boolean =>
  name !== SESSION && (name.startsWith(MCP) || REQUEST_HEADERS.has(name));
const goesBack = (name: string): boolean =>
  name !== SESSION && (name.startsWith(MCP) || RESPONSE_HEADERS.has(name));

/** What was decided of a name: each message carries the same few. Forgotten all together, so that strangers cannot fill it. */
class Decisions {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly decide: (name: string) => boolean) {}

  passes(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.known.size >= DECISIONS_MAX) this.known.clear();
    const passes = this.decide(name);
    this.known.set(name, passes);
    return passes;
  }
}

const DECISIONS_MAX = 500;
const upstream = new Decisions(goesUpstream);
const back = new Decisions(goesBack);

/** Names and values by turns; the session's name at the server replaces the one that the client knows. */
export function requestHeaders(
  own: readonly string[],
  headers: IncomingHttpHeaders,
  more: { readonly traceparent: string; readonly sessionId: string | undefined },
): string[] {
  const out = [...own];
  for (const name in headers) {
    if (!upstream.passes(name)) continue;
    const value = headers[name];
    // Of ours and the client's, ours counts: an instance may be given headers of any name.
    if (typeof value === 'string' && !own.includes(name)) out.push(name, value);
  }
  out.push('accept-encoding', 'identity', 'traceparent', more.traceparent);
  if (more.sessionId !== undefined) out.push(SESSION, more.sessionId);
  return out;
}

/** What of an answer's head the client gets, behind what is in `house`. */
export function responseHeaders(house: string[], headers: IncomingHttpHeaders, sessionId?: string): string[] {
  for (const name in headers) {
    if (!back.passes(name)) continue;
    const value = headers[name];
    if (typeof value === 'string') house.push(name, value);
  }
  if (sessionId !== undefined) house.push(SESSION, sessionId);
  return house;
}
