import { type JsonObject } from '@app/kernel';

/** An event as the log has it, with whose it is. */
export interface LogEvent {
  readonly id: string;
  /** Given in the order of commits: who saw n has seen everything before n. */
  readonly sequence: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly data: JsonObject;
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  readonly occurredAt: Date;
  /** null: of nobody who could ask. */
  readonly workspaceId: string | null;
}

/** A call of a tool. There may be thousands a second, so they are not in the log: they are told while they happen, some of them. */
export interface ToolCall {
  readonly id: string;
  readonly at: Date;
  readonly workspaceId: string;
  readonly instanceId: string | null;
  readonly serverName: string | null;
  readonly tool: string;
  readonly outcome: string;
  readonly durationMs: number;
  readonly actor: string;
}
