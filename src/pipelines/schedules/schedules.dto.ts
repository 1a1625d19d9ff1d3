import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  IsBoolean,
  IsEmail,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IfSent } from '@app/http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type ScheduleChange } from './change-schedule';
import { CRON_MAX_LENGTH, slotsAfter } from './cron';
import { type Missed, MISSED, type Overlap, OVERLAPS } from './decide-slots';
import { type NewSchedule, type Slot } from './schedule';
import { type ScheduleWithSlots } from './schedules';

const TIME = { example: '2026-11-22T02:00:00.000Z', format: 'date-time' };
const UPCOMING = 3;
const ADDRESS_MAX = 2_048;
const EMAIL_MAX = 254;

export class ScheduleNotificationDto {
  @ApiPropertyOptional({ description: 'Told by a signed request.', example: 'https://example.com/webhook' })
  @IfSent()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  @MaxLength(ADDRESS_MAX)
  readonly webhook?: string;

  @ApiPropertyOptional({ description: 'Told by mail.', example: 'admin@example.com' })
  @IfSent()
  @IsEmail()
  @MaxLength(EMAIL_MAX)
  readonly email?: string;
}

export class CreateScheduleDto {
  @ApiProperty({
    description:
      'Minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly, @yearly.',
    example: '0 2 * * *',
    maxLength: CRON_MAX_LENGTH,
  })
  @IsString()
  @MaxLength(CRON_MAX_LENGTH)
  readonly cron!: string;

  @ApiPropertyOptional({ description: 'By its IANA name.', example: 'Europe/Berlin', default: 'UTC' })
  @IfSent()
  @IsString()
  readonly timezone?: string;

  @ApiPropertyOptional({
    description: 'What becomes of a slot while a run of this schedule goes on.',
    example: 'skip',
    enum: OVERLAPS,
    default: 'skip',
  })
  @IfSent()
  @IsIn(OVERLAPS)
  readonly overlap?: Overlap;

  @ApiPropertyOptional({
    description:
      'What becomes of slots while nothing was running: none, one run for all of them, or each one.',
    example: 'once',
    enum: MISSED,
    default: 'skip',
  })
  @IfSent()
  @IsIn(MISSED)
  readonly missed?: Missed;

  @ApiPropertyOptional({
    description: 'The input of its runs.',
    example: { source: 's3://bucket/input-data' },
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
    ],
  })
  @IfSent()
  @Allow()
  readonly input_data?: JsonValue;

  @ApiPropertyOptional({
    description: 'The parameters of its runs.',
    example: { batch_size: 1000 },
    type: 'object',
    additionalProperties: true,
  })
  @IfSent()
  @IsObject()
  readonly parameters?: JsonObject;

  @ApiPropertyOptional({
    description: 'Who is told how its runs end.',
    type: ScheduleNotificationDto,
    example: { email: 'admin@example.com' },
  })
  @IfSent()
  @IsObject()
  @ValidateNested()
  @Type(() => ScheduleNotificationDto)
  readonly notification?: ScheduleNotificationDto;

  @ApiPropertyOptional({ description: 'Whether it starts runs.', example: true, default: true })
  @IfSent()
  @IsBoolean()
  readonly enabled?: boolean;
}

export class UpdateScheduleDto extends PartialType(OmitType(CreateScheduleDto, ['notification'])) {
  @ApiPropertyOptional({
    description: 'Who is told how its runs end; null for nobody.',
    type: ScheduleNotificationDto,
    nullable: true,
    example: null,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScheduleNotificationDto)
  readonly notification?: ScheduleNotificationDto | null;
}

/** As it is read: blanks between the fields are one. */
const cronOf = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

export const toScheduleChange = (dto: UpdateScheduleDto): ScheduleChange => ({
  ...given({
    ...{ cron: typeof dto.cron === 'string' ? cronOf(dto.cron) : undefined, timezone: dto.timezone },
    ...{ overlap: dto.overlap, missed: dto.missed, input: dto.input_data, parameters: dto.parameters },
    enabled: dto.enabled,
  }),
  ...(dto.notification === undefined
    ? {}
    : { notification: dto.notification === null ? null : notificationOf(dto.notification) }),
});

/** null in a field stands for what it was: only a notification can be taken away. */
const given = <T extends object>(members: T): { [Key in keyof T]?: NonNullable<T[Key]> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value != null)) as never;

export const toSchedule = (dto: CreateScheduleDto): NewSchedule => ({
  cron: cronOf(dto.cron),
  timezone: dto.timezone ?? 'UTC',
  overlap: dto.overlap ?? 'skip',
  missed: dto.missed ?? 'skip',
  input: dto.input_data ?? {},
  parameters: dto.parameters ?? {},
  ...(dto.notification === undefined ? {} : { notification: notificationOf(dto.notification) }),
  enabled: dto.enabled ?? true,
});

const notificationOf = ({ webhook, email }: ScheduleNotificationDto): NewSchedule['notification'] => ({
  ...(webhook === undefined ? {} : { webhook }),
  ...(email === undefined ? {} : { email }),
});

export class SlotDto {
  @ApiProperty({ description: 'The moment that the schedule named.', ...TIME })
  readonly slot!: string;

  @ApiProperty({
    description: 'What became of it.',
    example: 'started',
    enum: ['started', 'queued', 'overlapped', 'missed', 'failed'],
  })
  readonly outcome!: string;

  @ApiProperty({ description: 'The run that it started.', example: null, type: String, nullable: true })
  readonly run_id!: string | null;

  @ApiProperty({
    description: 'Why no run could be started.',
    example: null,
    type: 'object',
    properties: { code: { type: 'string' }, message: { type: 'string' } },
    nullable: true,
  })
  readonly error!: Slot['error'];

  static readonly from = ({ slot, outcome, runId, error }: Slot): SlotDto => ({
    ...{ slot: slot.toISOString(), outcome, run_id: runId, error },
  });
}

export class ScheduleDto extends CreateScheduleDto {
  @ApiProperty({ description: 'Its id.', format: 'uuid', example: '5d0c7a38-3a55-4d6a-a0d5-6f1a4f4c2b11' })
  readonly id!: string;

  @ApiProperty({
    description: 'Whose schedule it is.',
    format: 'uuid',
    example: '0b6f5a1e-6c0e-4d0e-9f7e-2f4f6f1d7a10',
  })
  readonly pipeline_id!: string;

  @ApiProperty({
    description: 'The next slots; none while it is not enabled.',
    example: [TIME.example],
    type: [String],
  })
  readonly next_slots!: readonly string[];

  @ApiProperty({ description: 'What became of the last slots, newest first.', type: [SlotDto], example: [] })
  readonly slots!: readonly SlotDto[];

  @ApiProperty({
    description: 'In whose name its runs work: who made it, or changed it last.',
    example: 'user:ada',
  })
  readonly created_by!: string;

  @ApiProperty({ description: 'When it was made.', ...TIME })
  readonly created_at!: string;

  static from({ schedule, slots }: ScheduleWithSlots): ScheduleDto {
    const { id, pipelineId, cron, timezone, overlap, missed, input, parameters, notification } = schedule;
    return {
      ...{ id, pipeline_id: pipelineId, cron, timezone, overlap, missed, input_data: input, parameters },
      ...(notification === undefined ? {} : { notification }),
      ...{ enabled: schedule.enabled, next_slots: nextOf(schedule) },
      slots: slots.map(SlotDto.from),
      ...{ created_by: schedule.createdBy, created_at: schedule.createdAt.toISOString() },
    };
  }
}

/** The stored one first: it may be due already. */
function nextOf({ cron, timezone, nextAt }: ScheduleWithSlots['schedule']): readonly string[] {
  if (nextAt === null) return [];
  return [nextAt, ...slotsAfter({ cron, timezone }, nextAt, UPCOMING - 1)].map((slot) => slot.toISOString());
}

export class ScheduleListDto {
  @ApiProperty({ description: 'In the order of their making.', type: [ScheduleDto], example: [] })
  readonly schedules!: readonly ScheduleDto[];
}
