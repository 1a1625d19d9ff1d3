import { type RequestScope } from '@app/telemetry';

export type Face = 'server' | 'endpoint' | 'all' | 'rest';

export type CallOutcome =
  | 'ok'
  /** The tool ran and says itself that it failed. */
  | 'tool_error'
  /** Answered with an error: by the upstream, or by us because the request made no sense. */
  | 'refused'
  /** The caller may not. */
  | 'denied'
  /** No connection, no time, no protocol. */
  | 'failed'
  | 'timeout'
  | 'cancelled';

/** One MCP request, as metrics, usage and audit want to know it. Holds no arguments and no results. */
export interface CallRecord {
  readonly face: Face;
  /** `tools/call`; `unknown` for what could not be read. */
  readonly method: string;
  /** Of the tool or prompt, by its name at the upstream. */
  readonly target?: string;
  readonly instanceId?: string;
  readonly serverName?: string;
  /** Of the virtual endpoint that was used. */
  readonly endpointName?: string;
  readonly outcome: CallOutcome;
  /** Code of our error, or the JSON-RPC code of an upstream's. */
  readonly code?: string | number;
  readonly protocolVersion?: string;
  readonly sessionId?: string;
  readonly durationMs: number;
  /** When that was measured: a span that ended later than it would also have begun later than what it caused. */
  readonly endedAtMs?: number;
  /** Of it, time spent waiting for the upstream; without it nothing was sent. */
  readonly upstreamMs?: number;
  /** Of the request, where spans are kept: its id, and under which traceparent its bytes went upstream. */
  readonly rpcId?: string | number;
  readonly sentAs?: string;
  /** Names and types of the arguments, where they were parsed. */
  readonly argumentShape?: readonly string[];
}

/** Takes a record and returns at once: nothing here waits, throws, or asks a store. */
export abstract class CallLedger {
  /** Who called is taken from the scope: the one that runs, where none is given. */
  abstract record(record: CallRecord, scope?: RequestScope): void;
}
