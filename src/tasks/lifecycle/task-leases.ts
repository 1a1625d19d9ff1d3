import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import { type HeldLease } from './task-outcomes';

/** A task as whoever carries it out sees it. */
export interface LeasedTask {
  readonly taskId: string;
  readonly leaseGen: number;
  readonly workspaceId: string;
  readonly type: string;
  readonly payload: JsonObject;
  readonly attempt: number;
  readonly agentId: string | null;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly leaseUntil: Date;
  readonly runDeadline: Date;
  readonly correlationId: string;
  readonly traceparent: string | null;
  /** Whoever submitted it, as an actor is written. */
  readonly submittedBy: string;
  readonly userId: string | null;
  readonly keyId: string | null;
}

@Injectable()
export class TaskLeases {
  /** Once for each lease: whoever is answered carries it out. undefined: it is not ours any more, or was begun already. */
  begin(_taskId: string, _leaseGen: number): Promise<LeasedTask | undefined> {
    return Promise.reject(new Error('not yet'));
  }

  /** Ids of the tasks to stop: somebody wants them cancelled, or the lease is another's by now. */
  renew(_leases: readonly HeldLease[], _forS: number): Promise<readonly string[]> {
    return Promise.reject(new Error('not yet'));
  }
}
