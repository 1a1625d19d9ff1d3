import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type DomainEvent, type FieldProblem, isUuid, type JsonObject } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { idOfRequest, type Principal } from '@app/telemetry';
import { PipelineAccess } from '../definitions';
import { ownerOfRequest } from '../engine/run-owner';
import { bytesOf, DOCUMENT_MAX_BYTES } from '../engine/sizes';
import { faultOfCron, isTimezone, nextSlot } from './cron';
import { changed, type ScheduleChange } from './change-schedule';
import { type NewSchedule, type Schedule, type Slot } from './schedule';
import { ScheduleRows } from './schedule-rows';
import { ScheduleInvalidError, ScheduleUnknownError, TooManySchedulesError } from './schedule.errors';

export const SCHEDULES_MAX = 50;
export const SLOTS_SHOWN_MAX = 20;

/** A schedule with what became of its slots, newest first. */
export interface ScheduleWithSlots {
  readonly schedule: Schedule;
  readonly slots: readonly Slot[];
}

/** What people do to the schedules of pipelines. */
@Injectable()
export class Schedules {
  constructor(
    private readonly db: Database,
    private readonly rows: ScheduleRows,
    private readonly access: PipelineAccess,
    private readonly events: EventAppender,
  ) {}

  /** Who makes it executes the pipeline, again and again: its runs work in that name. */
  async create(principal: Principal, pipeline: string, wanted: NewSchedule): Promise<ScheduleWithSlots> {
    const { id: pipelineId } = await this.access.demand(principal, 'pipelines:execute', pipeline);
    const now = new Date();
    const problems = problemsOf(wanted, now);
    if (problems.length > 0) throw new ScheduleInvalidError(problems);
    const owner = ownerOfRequest();
    const id = idOfRequest('schedule', pipelineId, wanted.cron);
    const nextAt = wanted.enabled ? (nextSlot(wanted, now) ?? null) : null;
    await this.db.transaction(async () => {
      if ((await this.rows.of(pipelineId)).length >= SCHEDULES_MAX)
        throw new TooManySchedulesError(SCHEDULES_MAX);
      const { workspaceId } = principal;
      await this.rows.insert({
        ...wanted,
        ...{ id, workspaceId, pipelineId, owner, nextAt, createdBy: owner.submittedBy },
      });
      await this.events.append([factOf('created', pipelineId, { schedule_id: id, ...told(wanted) })], {
        workspaceId,
        after: { id, ...told(wanted) },
      });
    });
    return this.seen(pipelineId, id);
  }

  async list(principal: Principal, pipeline: string): Promise<readonly ScheduleWithSlots[]> {
    const { id } = await this.access.demand(principal, 'pipelines:read', pipeline);
    const schedules = await this.rows.of(id);
    return Promise.all(
      schedules.map(async (schedule) => ({ schedule, slots: await this.rows.slots(schedule.id, 1) })),
    );
  }

  async get(principal: Principal, pipeline: string, id: string): Promise<ScheduleWithSlots> {
    const { id: pipelineId } = await this.access.demand(principal, 'pipelines:read', pipeline);
    return this.seen(pipelineId, id);
  }

  /**
   * What is left out stays. Who changes what it runs, or when, is whose runs they are from then on: else one could let
   * others work in a name that is not theirs. Switching it off and on changes nothing of that.
   */
  async change(
    principal: Principal,
    pipeline: string,
    id: string,
    wanted: ScheduleChange,
  ): Promise<ScheduleWithSlots> {
    const { id: pipelineId } = await this.access.demand(principal, 'pipelines:execute', pipeline);
    const now = new Date();
    const { workspaceId } = principal;
    await this.db.transaction(async () => {
      const before = isUuid(id) ? await this.rows.lock(pipelineId, id) : undefined;
      if (before === undefined) throw new ScheduleUnknownError();
      const after = changed(before, wanted, now);
      const problems = problemsOf(after, now);
      if (problems.length > 0) throw new ScheduleInvalidError(problems);
      await this.rows.update(after);
      if (!after.enabled) await this.rows.letGo(id);
      await this.events.append([factOf('updated', pipelineId, { schedule_id: id, ...told(after) })], {
        workspaceId,
        before: { id, ...told(before) },
        after: { id, ...told(after) },
      });
    });
    return this.seen(pipelineId, id);
  }

  /** Runs that it started go on. */
  async remove(principal: Principal, pipeline: string, id: string): Promise<void> {
    const { id: pipelineId } = await this.access.demand(principal, 'pipelines:execute', pipeline);
    const { workspaceId } = principal;
    await this.db.transaction(async () => {
      const { schedule } = await this.seen(pipelineId, id);
      await this.rows.remove(schedule.id);
      await this.events.append([factOf('deleted', pipelineId, { schedule_id: id, ...told(schedule) })], {
        workspaceId,
        before: { id, ...told(schedule) },
      });
    });
  }

  private async seen(pipelineId: string, id: string): Promise<ScheduleWithSlots> {
    const schedule = isUuid(id) ? await this.rows.find(pipelineId, id) : undefined;
    if (schedule === undefined) throw new ScheduleUnknownError();
    return { schedule, slots: await this.rows.slots(id, SLOTS_SHOWN_MAX) };
  }
}

function problemsOf({ cron, timezone, input, parameters }: NewSchedule, now: Date): readonly FieldProblem[] {
  const fault = faultOfCron(cron, now);
  const isLarge = (value: NewSchedule['input']): boolean => bytesOf(value) > DOCUMENT_MAX_BYTES;
  const large = `may be ${String(DOCUMENT_MAX_BYTES)} bytes at most`;
  return [
    ...(fault === undefined ? [] : [{ pointer: '/cron', code: 'invalid', detail: fault }]),
    ...(isTimezone(timezone)
      ? []
      : [{ pointer: '/timezone', code: 'invalid', detail: 'is no time zone such as Europe/Berlin or UTC' }]),
    ...(isLarge(input) ? [{ pointer: '/input_data', code: 'too_large', detail: large }] : []),
    ...(isLarge(parameters) ? [{ pointer: '/parameters', code: 'too_large', detail: large }] : []),
  ];
}

const told = ({ cron, timezone, overlap, missed, enabled }: NewSchedule): JsonObject => ({
  ...{ cron, timezone, overlap, missed, enabled },
});

const factOf = (
  verb: 'created' | 'updated' | 'deleted',
  pipelineId: string,
  data: JsonObject,
): DomainEvent => ({
  name: `pipeline.schedule.${verb}`,
  aggregateType: 'pipelines',
  aggregateId: pipelineId,
  data: { pipeline_id: pipelineId, ...data },
  occurredAt: new Date(),
});
