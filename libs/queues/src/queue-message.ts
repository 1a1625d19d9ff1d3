import { type JobsOptions } from 'bullmq';

import { type QueueName } from '@app/contracts';

import { currentOrigin, encodeOrigin, type MessageOrigin } from './message-origin';

/** "Look at this": references, never state, never secrets. */
export interface QueueMessage {
  readonly queue: QueueName;
  /** The same id is taken once while it is known. No `:`, not a number, never used for anything else. */
  readonly jobId?: string;
  readonly data: object;
  /** While the time runs, messages of the same id are dropped. Always bounded, so a stray key heals itself. */
  readonly dedupe?: { readonly id: string; readonly ttlMs: number };
  /** 1 is the highest; a message without priority comes before all that have one. */
  readonly priority?: number;
  readonly delayMs?: number;
  readonly attempts?: number;
  /** false: nothing is kept of it once it is done. */
  readonly keep?: boolean;
  /** What caused it; by default the request that sends it. */
  readonly origin?: MessageOrigin;
}

/** With pauses of up to 10 s this bridges an outage of five minutes; then the job is dead and kept for people to see. */
const DEFAULT_ATTEMPTS = 35;
const MAX_ATTEMPTS = 1_000;
const KEEP_COMPLETED = { age: 3_600, count: 1_000 };
const KEEP_FAILED = { age: 7 * 24 * 3_600, count: 1_000 };
export const BACKOFF_TYPE = 'capped';

const JOB_ID = /^(?!\d+$)[\w.@-]{1,200}$/;

/** What the caller got wrong is said here, not by a script in the queue's server. */
export function assertMessage(message: QueueMessage): void {
  const fault = faultOf(message);
  if (fault !== undefined) throw new RangeError(`message for ${message.queue}: ${fault}`);
}

function faultOf({ jobId, dedupe, priority = 1, attempts = 1 }: QueueMessage): string | undefined {
  if (jobId !== undefined && !JOB_ID.test(jobId)) return `"${jobId}" cannot be a job id`;
  if (dedupe !== undefined && !(dedupe.ttlMs > 0)) return 'deduplication needs a time';
  if (!isCount(priority)) return 'priority starts at 1';
  if (!isCount(attempts) || attempts > MAX_ATTEMPTS) return `attempts are 1 to ${String(MAX_ATTEMPTS)}`;
  return undefined;
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

export function jobOptions(message: QueueMessage): JobsOptions {
  const { jobId, dedupe, priority, delayMs, attempts, keep, origin } = message;
  return {
    attempts: attempts ?? DEFAULT_ATTEMPTS,
    backoff: { type: BACKOFF_TYPE },
    removeOnComplete: keep === false ? true : KEEP_COMPLETED,
    removeOnFail: keep === false ? true : KEEP_FAILED,
    ...(jobId === undefined ? {} : { jobId }),
    ...(dedupe === undefined ? {} : { deduplication: { id: dedupe.id, ttl: dedupe.ttlMs } }),
    ...(priority === undefined ? {} : { priority }),
    ...(delayMs === undefined ? {} : { delay: delayMs }),
    telemetry: { metadata: encodeOrigin(origin ?? currentOrigin()) },
  };
}
