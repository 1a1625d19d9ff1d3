import { type JsonObject } from '@app/kernel';
import { isObject, type RpcRequest } from '@app/mcp';
import { type RequestScope, tracer } from '@app/telemetry';
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

/** Filled in rather than joined, for each call. */
type Draft = { -readonly [Member in keyof CallRecord]: CallRecord[Member] };

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
    const { face, scope, protocolVersion, sessionId } = this.context;
    const { method } = this.message;
    const record: Draft = {
      face: face.kind,
      method,
      outcome,
      protocolVersion,
      durationMs: nowMs - this.startedMs,
      endedAtMs: nowMs,
    };
    if (code !== undefined) record.code = code;
    if (sessionId !== undefined) record.sessionId = sessionId;
    if (this.routedMs !== undefined) record.upstreamMs = nowMs - this.routedMs;
    if (tracer.isOn) record.rpcId = this.message.id;
    addFace(record, face);
    this.addTarget(record);
    this.ledger.record(record, scope);
  }

  private addTarget(record: Draft): void {
    const { method, params = {} } = this.message;
    const { destination } = this;
    const name = destination?.target ?? params.name ?? params.uri;
    if (typeof name === 'string') record.target = name;
    if (method === 'tools/call' && isObject(params.arguments))
      record.argumentShape = shapeOf(params.arguments);
    if (destination === undefined) return;
    record.instanceId = destination.instanceId;
    record.serverName = destination.serverName;
  }
}

function addFace(record: Draft, face: TerminalFace): void {
  if (face.kind === 'server') {
    record.instanceId = face.route.instanceId;
    record.serverName = face.route.name;
  } else if (face.kind === 'endpoint') record.endpointName = face.name;
}

/** Whom a session id or a request state is bound to, beside its caller. */
export function routeOf(face: TerminalFace): string {
  if (face.kind === 'server') return `server:${face.route.instanceId}`;
  return face.kind === 'endpoint' ? `endpoint:${face.name}` : 'all';
}
