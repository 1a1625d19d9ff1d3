import { DomainError } from '@app/kernel';
import { McpError, McpRequestRefusedError, McpTimeoutError } from '@app/mcp';
import { type Route } from '../routing/route';
import { provesLife } from '../upstream/failures';
import { type CallOutcome, type CallRecord } from './call-record';

/** Problems that say no to the caller; the others say that something does not work. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'malformed', 'not_found', 'conflict']);

/** Follows one call of the REST face from its arrival to its record. */
export class CallWatch {
  private readonly startedAtMs = performance.now();
  private route: Route | undefined;
  private waitedMs: number | undefined;
  private sentAtMs: number | undefined;

  constructor(
    private readonly method: string,
    private readonly target: string,
    private readonly argumentShape?: readonly string[],
  ) {}

  get serverName(): string | undefined {
    return this.route?.name;
  }

  get upstreamMs(): number {
    return Math.round(this.waitedMs ?? 0);
  }

  found(route: Route): void {
    this.route = route;
  }

  /** From here on it waits for the server. */
  sent(): void {
    this.sentAtMs ??= performance.now();
  }

  answered(): void {
    if (this.sentAtMs === undefined) return;
    this.waitedMs = (this.waitedMs ?? 0) + performance.now() - this.sentAtMs;
    this.sentAtMs = undefined;
  }

  /** Measures the wait for the server, whatever comes of it. */
  async upstream<T>(answer: Promise<T>): Promise<T> {
    this.sent();
    try {
      return await answer;
    } finally {
      this.answered();
    }
  }

  record(outcome: CallOutcome, code?: string | number): CallRecord {
    const { method, target, route, waitedMs, argumentShape } = this;
    return {
      face: 'rest',
      method,
      target,
      outcome,
      durationMs: performance.now() - this.startedAtMs,
      ...(route === undefined ? {} : { instanceId: route.instanceId, serverName: route.name }),
      ...(code === undefined ? {} : { code }),
      ...(waitedMs === undefined ? {} : { upstreamMs: waitedMs }),
      ...(argumentShape === undefined ? {} : { argumentShape }),
    };
  }

  failure(error: unknown, caller: AbortSignal | undefined): CallRecord {
    return this.record(caller?.aborted === true ? 'cancelled' : outcomeOf(error), codeOf(error));
  }
}

export function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof McpTimeoutError) return 'timeout';
  if (error instanceof McpError) return provesLife(error) ? 'refused' : 'failed';
  if (!(error instanceof DomainError)) return 'failed';
  if (error.kind === 'timeout') return 'timeout';
  if (error.kind === 'forbidden') return 'denied';
  return REFUSALS.has(error.kind) ? 'refused' : 'failed';
}

/** An upstream's own code says more than ours for it. */
export function codeOf(error: unknown): string | number {
  if (error instanceof McpRequestRefusedError) return error.rpcCode;
  return error instanceof DomainError ? error.code : 'internal_error';
}
