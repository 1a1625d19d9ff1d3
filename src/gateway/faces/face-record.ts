import { tracer } from '@app/telemetry';
import { type CallLedger, type CallOutcome, type CallRecord } from '../records/call-record';
import { type Visit } from './visit';

type Draft = { -readonly [Member in keyof CallRecord]: CallRecord[Member] };

/** What whoever served a request found out. */
type Found = Pick<CallRecord, 'instanceId' | 'serverName' | 'code' | 'upstreamMs' | 'sentAs'>;
/** The same while it is put together. */
export type Findings = { -readonly [Member in keyof Found]: Found[Member] };

/** What is known of a request wherever it ends; who serves it adds what it found out. Filled in rather than joined, for each call. */
export function recordVisit(ledger: CallLedger, visit: Visit, outcome: CallOutcome, more: Found = {}): void {
  const { path, scan, request, startedAtMs, scope } = visit;
  const method = scan?.method ?? (request.method === 'POST' ? 'unknown' : String(request.method));
  const endedAtMs = performance.now();
  const durationMs = endedAtMs - startedAtMs;
  const record: Draft = { face: path.kind, method, outcome, durationMs, endedAtMs };
  if (scan?.name !== undefined) record.target = scan.name;
  if (path.kind === 'server') record.serverName = path.name;
  if (path.kind === 'endpoint') record.endpointName = path.name;
  const version = request.headers['mcp-protocol-version'];
  if (typeof version === 'string') record.protocolVersion = version;
  add(record, more);
  addForSpans(record, visit, more);
  ledger.record(record, scope);
}

function add(record: Draft, { instanceId, serverName, code, upstreamMs }: Found): void {
  if (instanceId !== undefined) record.instanceId = instanceId;
  if (serverName !== undefined) record.serverName = serverName;
  if (code !== undefined) record.code = code;
  if (upstreamMs !== undefined) record.upstreamMs = upstreamMs;
}

function addForSpans(record: Draft, { scan, request, scope }: Visit, { sentAs }: Found): void {
  if (!tracer.follows(scope.traceparent)) return;
  const sessionId = request.headers['mcp-session-id'];
  if (scan?.id !== undefined && scan.id !== null) record.rpcId = scan.id;
  if (scan?.metaVersion !== undefined) record.protocolVersion ??= scan.metaVersion;
  if (typeof sessionId === 'string') record.sessionId = sessionId;
  if (sentAs !== undefined) record.sentAs = sentAs;
}
