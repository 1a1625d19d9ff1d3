import { houseHeaders } from '../faces/replies';
import { type Attempt } from './attempt';
import { responseHeaders } from './relay-headers';
import { type RelayRequest, type RelayTools } from './relay-request';
import { replicaOf } from './relay-target';

/** The head of an answer for the client; the session that an `initialize` began gets a name of ours. */
export function headOfAnswer(
  { sessions }: RelayTools,
  { scan, route, target, visit, body }: RelayRequest,
  { headers, status }: Attempt,
): string[] {
  const upstreamId = headers['mcp-session-id'];
  const { principal } = visit;
  const begins = scan.method === 'initialize' && status < 300 && principal !== undefined;
  const sealed =
    begins && typeof upstreamId === 'string'
      ? sessions.seal({ upstreamId, route, replica: replicaOf(target), principal, body, visit })
      : undefined;
  return responseHeaders(houseHeaders(visit), headers, sealed);
}

/** A server that lets a session of the older era begin speaks it, whatever else it speaks. */
export function noteEra({ verdicts }: RelayTools, { era, scan, route }: RelayRequest): void {
  if (scan.method === 'initialize' && era === 'older') verdicts.learn(route, 'older', true);
}
