import { type CallLedger, type CallOutcome, type CallRecord } from '../records/call-record';
import { type Visit } from './visit';

/** What is known of a request wherever it ends; who serves it adds what it found out. */
export function recordVisit(
  ledger: CallLedger,
  visit: Visit,
  outcome: CallOutcome,
  more: Partial<CallRecord> = {},
): void {
  const { path, scan, request, startedAtMs, scope } = visit;
  const version = request.headers['mcp-protocol-version'];
  ledger.record(
    {
      face: path.kind,
      method: scan?.method ?? (request.method === 'POST' ? 'unknown' : String(request.method)),
      ...(scan?.name === undefined ? {} : { target: scan.name }),
      ...(path.kind === 'server' ? { serverName: path.name } : {}),
      ...(path.kind === 'endpoint' ? { endpointName: path.name } : {}),
      ...(typeof version === 'string' ? { protocolVersion: version } : {}),
      outcome,
      durationMs: performance.now() - startedAtMs,
      ...more,
    },
    scope,
  );
}
