import { DueSchedules } from './due-schedules';
import { ScheduleClock } from './schedule-clock';
import { ScheduleRows } from './schedule-rows';
import { SchedulesController } from './schedules.controller';
import { Schedules } from './schedules';

/** Where people make schedules. */
export const SCHEDULE_CONTROLLERS = [SchedulesController];
export const SCHEDULE_CHANGES = [ScheduleRows, Schedules];

/** Where they start runs. */
export const SCHEDULE_WORK = [ScheduleRows, DueSchedules, ScheduleClock];
