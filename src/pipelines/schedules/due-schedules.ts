import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DomainError } from '@app/kernel';
import { tracer } from '@app/telemetry';
import { Access, PermissionDeniedError, Principals } from '../../identity';
import { PipelineUnknownError } from '../definitions';
import { RunCommands } from '../runs/run-commands';
import { RunStarter } from '../runs/run-starter';
import { newestSlots, nextSlot } from './cron';
import { CAUGHT_UP_MAX, decideSlots } from './decide-slots';
import { type Schedule } from './schedule';
import { ScheduleRows } from './schedule-rows';

const SPAN = { name: 'schedule slot' };

/** Claims one schedule at a time and settles its slots, in one transaction with the run that they start. */
@Injectable()
export class DueSchedules {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly rows: ScheduleRows,
    private readonly starter: RunStarter,
    private readonly commands: RunCommands,
    private readonly principals: Principals,
    private readonly access: Access,
  ) {}

  /** Whether there was anything to do. */
  async turn(): Promise<boolean> {
    const wasDue = await this.db.transaction(async () => {
      const schedule = await this.rows.claimDue();
      if (schedule !== undefined) await this.settle(schedule, schedule.now);
      return schedule !== undefined;
    });
    return wasDue || (await this.startWaiting());
  }

  private async settle(schedule: Schedule, now: Date): Promise<void> {
    const { id, overlap, missed, nextAt } = schedule;
    const due = nextAt === null ? [] : newestSlots(schedule, nextAt, now, CAUGHT_UP_MAX);
    const live = await this.rows.liveRuns(id);
    const queued = await this.rows.queued(id);
    const decisions = decideSlots({ due, now, overlap, missed, isBusy: live.length > 0, queued });
    await this.rows.note(id, decisions);
    const started = decisions.find(({ outcome }) => outcome === 'started');
    if (started !== undefined) {
      if (overlap === 'cancel') await this.cancel(schedule, live);
      await this.start(schedule, started.slot);
    }
    await this.rows.moveOn(id, nextSlot(schedule, now) ?? null);
  }

  private async startWaiting(): Promise<boolean> {
    return this.db.transaction(async () => {
      const schedule = await this.rows.claimWaiting();
      if (schedule !== undefined) await this.start(schedule, schedule.slot);
      return schedule !== undefined;
    });
  }

  /** A slot that cannot be started is told, and does not hold up the next one. */
  private async start(schedule: Schedule, slot: Date): Promise<void> {
    const { id, owner, pipelineId, input, parameters, notification } = schedule;
    const runKey = `${id}@${slot.toISOString()}`;
    try {
      await this.demandOwner(schedule);
      const request = {
        pipeline: pipelineId,
        input,
        parameters,
        notification,
        cause: 'schedule',
        runKey,
      } as const;
      const { runId } = await tracer.begin(SPAN, () => this.starter.start(owner, request));
      await this.rows.began(id, slot, runId);
    } catch (error) {
      // Nobody was there to be asked: the slot is due again.
      if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
      await this.rows.failed(id, slot, { code: error.code, message: error.message });
    }
  }

  /** Who may not execute it any more, or is gone, executes it no more by the clock. */
  private async demandOwner({ owner, pipelineId: id, workspaceId }: Schedule): Promise<void> {
    const { submittedBy: actor, keyId, userId } = owner;
    const principal = await this.principals.present({
      ...{ workspaceId, actor },
      ...{ keyId: keyId ?? null, userId: userId ?? null },
    });
    if (principal === undefined) throw new PermissionDeniedError('pipelines:execute');
    const pipeline = { type: 'pipelines', id, name: id, workspaceId } as const;
    this.access.demand(principal, 'pipelines:execute', pipeline, () => new PipelineUnknownError(id));
  }

  private async cancel({ owner }: Schedule, runIds: readonly string[]): Promise<void> {
    for (const runId of runIds)
      await this.commands.cancel(owner, runId, 'The next run of its schedule began.');
  }
}
