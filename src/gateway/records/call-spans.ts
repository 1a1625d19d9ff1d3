import {
  childTraceparent,
  MCP_ATTRIBUTE,
  mcpAttributes,
  mcpSpanName,
  type RequestScope,
  type SpanAttributes,
  tracer,
} from '@app/telemetry';
import { type CallRecord } from './call-record';

const TCP = 'tcp';
/** The stream of a session, and its end: requests of HTTP alone. */
const OF_A_SESSION: ReadonlySet<string> = new Set(['GET', 'DELETE']);

/** The traceparent under which a call goes upstream: that of the span which `recordSpans` will tell of, where it is kept. */
export const upstreamTraceparent = ({ traceparent }: RequestScope): string =>
  tracer.follows(traceparent) ? childTraceparent(traceparent) : traceparent;

/**
 * One request as its caller saw it, and, where its bytes were passed on as they were, as its server did. At the REST face the
 * request is the one of HTTP already; what a session of ours asks a server, the session tells of itself.
 */
export function recordSpans(record: CallRecord, scope: RequestScope): void {
  const { face, method, target, durationMs, upstreamMs = 0, sentAs, rpcId } = record;
  if (face === 'rest') return;
  const { endedAtMs = performance.now() } = record;
  const { traceparent, parent } = scope;
  const name = OF_A_SESSION.has(method) ? method : mcpSpanName({ method, target });
  const attributes = sharedAttributesOf(record);
  // As a text: it may be a number as well.
  const own = rpcId === undefined ? undefined : { key: MCP_ATTRIBUTE.requestId, text: String(rpcId) };
  const error = record.outcome === 'ok' ? undefined : record.outcome;
  tracer.record({
    name,
    kind: 'server',
    traceparent,
    parent,
    startedAtMs: endedAtMs - durationMs,
    endedAtMs,
    attributes,
    own,
    error,
  });
  if (sentAs === undefined) return;
  tracer.record({
    name,
    kind: 'client',
    traceparent: sentAs,
    parent: traceparent,
    startedAtMs: endedAtMs - upstreamMs,
    endedAtMs,
    attributes,
    own,
    error,
  });
}

/** Of calls that differ in nothing but their time and id: made once, and written once. */
const shared = new Map<string, SpanAttributes>();
const SHARED_MAX = 4_096;

function sharedAttributesOf(record: CallRecord): SpanAttributes {
  const { method, target, protocolVersion, sessionId, code, face, serverName, endpointName } = record;
  const key = `${method}\0${target}\0${protocolVersion}\0${sessionId}\0${code}\0${face}\0${serverName}\0${endpointName}`;
  const known = shared.get(key);
  if (known !== undefined) return known;
  if (shared.size >= SHARED_MAX) shared.clear();
  const made = attributesOf(record);
  shared.set(key, made);
  return made;
}

function attributesOf(record: CallRecord): SpanAttributes {
  const { method, target, protocolVersion, sessionId, code, face, serverName, endpointName } = record;
  const attributes: Record<string, string | number | undefined> = mcpAttributes({ method, target });
  attributes[MCP_ATTRIBUTE.protocolVersion] = protocolVersion;
  attributes[MCP_ATTRIBUTE.sessionId] = sessionId;
  if (code !== undefined) attributes[MCP_ATTRIBUTE.statusCode] = String(code);
  attributes[MCP_ATTRIBUTE.transport] = TCP;
  attributes[MCP_ATTRIBUTE.face] = face;
  attributes[MCP_ATTRIBUTE.server] = serverName;
  attributes[MCP_ATTRIBUTE.endpoint] = endpointName;
  return attributes;
}
