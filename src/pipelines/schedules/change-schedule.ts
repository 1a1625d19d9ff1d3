import { ownerOfRequest } from '../engine/run-owner';
import { nextSlot } from './cron';
import { type NewSchedule, type Schedule } from './schedule';

/** What is absent stays as it is; a notification that is null is none any more. */
export type ScheduleChange = Partial<Omit<NewSchedule, 'notification'>> & {
  readonly notification?: NewSchedule['notification'] | null;
};

/** A schedule after a change, with its next slot and in whose name it runs. */
export function changed(schedule: Schedule, wanted: ScheduleChange, now: Date): Schedule {
  const { notification: told = schedule.notification, enabled = schedule.enabled, ...given } = wanted;
  const { notification: _before, ...kept } = schedule;
  const after: Schedule = {
    ...{ ...kept, ...given, enabled },
    ...(told == null ? {} : { notification: told }),
  };
  return { ...after, nextAt: nextOf(schedule, after, now), ...ownerOf(schedule, wanted) };
}

/** The one that it had, unless the clock is another one now. What was due while it was off is not made up for. */
function nextOf(before: Schedule, after: Schedule, now: Date): Date | null {
  if (!after.enabled) return null;
  const isSame = before.enabled && before.cron === after.cron && before.timezone === after.timezone;
  return isSame ? before.nextAt : (nextSlot(after, now) ?? null);
}

function ownerOf(schedule: Schedule, { enabled: _on, ...rest }: ScheduleChange): Partial<Schedule> {
  if (Object.keys(rest).length === 0) return { owner: schedule.owner, createdBy: schedule.createdBy };
  const owner = ownerOfRequest();
  return { owner, createdBy: owner.submittedBy };
}
