import { type JsonObject, type JsonValue } from '@app/kernel';
import { type RunOwner } from '../engine/run-owner';
import { type Missed, type Overlap, type SlotOutcome } from './decide-slots';

export interface RunNotification {
  readonly webhook?: string;
  readonly email?: string;
}

export interface NewSchedule {
  readonly cron: string;
  readonly timezone: string;
  readonly overlap: Overlap;
  readonly missed: Missed;
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  readonly notification?: RunNotification | undefined;
  readonly enabled: boolean;
}

export interface Schedule extends NewSchedule {
  readonly id: string;
  readonly workspaceId: string;
  readonly pipelineId: string;
  /** In whose name its runs work. */
  readonly owner: RunOwner;
  readonly nextAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface Slot {
  readonly slot: Date;
  readonly outcome: SlotOutcome | 'failed';
  readonly runId: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}
