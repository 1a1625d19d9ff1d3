import { type JsonObject } from '@app/kernel';
import { isObject, type RpcRequest } from '@app/mcp';
import { type RequestScope } from '@app/telemetry';
import { shapeOf } from '../calls/argument-shape';
import { type CallLedger, type CallOutcome, type CallRecord } from '../records/call-record';
import { outcomeOf } from '../records/call-watch';
import { type Destination, type TerminalFace } from './conversation';

export interface TraceContext {
  readonly face: TerminalFace;
  readonly scope: RequestScope;
  readonly protocolVersion: string;
  readonly sessionId?: string;
}

/** Follows one request from its arrival to its record, which is written exactly once. */
export class CallTrace {
  private readonly startedMs = performance.now();
  private routedMs: number | undefined;
  private destination: Destination | undefined;
  private isWritten = false;

  constructor(
    private readonly ledger: CallLedger,
    private readonly context: TraceContext,
    private readonly message: RpcRequest,
  ) {}

  routed(destination: Destination): void {
    this.destination = destination;
    this.routedMs ??= performance.now();
  }

  answered(result: JsonObject): void {
    this.write(result.isError === true ? 'tool_error' : 'ok');
  }

  failed(error: unknown, code: number, isCancelled: boolean): void {
    this.write(isCancelled ? 'cancelled' : outcomeOf(error), code);
  }

  refused(code: number): void {
    this.write('refused', code);
  }

  cancelled(): void {
    this.write('cancelled');
  }

  private write(outcome: CallOutcome, code?: number): void {
    if (this.isWritten) return;
    this.isWritten = true;
    const nowMs = performance.now();
    const { scope, protocolVersion, sessionId } = this.context;
    const record: CallRecord = {
      ...faceOf(this.context.face),
      ...this.what(),
      outcome,
      protocolVersion,
      durationMs: nowMs - this.startedMs,
      ...(code === undefined ? {} : { code }),
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(this.routedMs === undefined ? {} : { upstreamMs: nowMs - this.routedMs }),
    };
    this.ledger.record(record, scope);
  }

  private what(): Pick<CallRecord, 'method' | 'target' | 'instanceId' | 'serverName' | 'argumentShape'> {
    const { method, params = {} } = this.message;
    const name = params.name ?? params.uri;
    const named = typeof name === 'string' ? { target: name } : {};
    const shape =
      method === 'tools/call' && isObject(params.arguments)
        ? { argumentShape: shapeOf(params.arguments) }
        : {};
    return { method, ...named, ...shape, ...this.destination };
  }
}

function faceOf(face: TerminalFace): Pick<CallRecord, 'face' | 'endpointName' | 'instanceId' | 'serverName'> {
  if (face.kind === 'server')
    return { face: 'server', instanceId: face.route.instanceId, serverName: face.route.name };
  return face.kind === 'endpoint' ? { face: 'endpoint', endpointName: face.name } : { face: 'all' };
}

/** Whom a session id or a request state is bound to, beside its caller. */
export function routeOf(face: TerminalFace): string {
  if (face.kind === 'server') return `server:${face.route.instanceId}`;
  return face.kind === 'endpoint' ? `endpoint:${face.name}` : 'all';
}
