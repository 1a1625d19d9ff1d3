import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { type Channel, type DeliveryStatus } from '../domain/delivery';
import { type AttemptView, type DeliveryDetail, type DeliveryView } from '../domain/delivery-view';

const STATUSES: readonly DeliveryStatus[] = ['pending', 'retrying', 'delivered', 'failed'];
const CHANNELS: readonly Channel[] = ['webhook', 'email'];
const EVENT_MAX = 100;
const RUN = { description: 'The run that it is about.', example: '3b1f6a0e-0c55-4b0e-8a53-2a1c9f4de001' };
const WEBHOOK = {
  description: 'The webhook that it went to.',
  example: '0b9a7c52-6c1e-4a6e-9f39-5d2f6f6a9c11',
};
const EVENT = { description: 'The event that it tells of.', example: 'pipeline.run.completed' };
const CHANNEL = { description: 'How it travels.', example: 'webhook', enum: [...CHANNELS] };
const STATUS = {
  description: 'failed: a dead letter, tried no more unless somebody sends it again.',
  example: 'delivered',
  enum: [...STATUSES],
};

export class ListNotificationsDto extends ListQuery {
  @ApiPropertyOptional(STATUS)
  @IsOptional()
  @IsIn(STATUSES)
  readonly status?: DeliveryStatus;

  @ApiPropertyOptional(CHANNEL)
  @IsOptional()
  @IsIn(CHANNELS)
  readonly channel?: Channel;

  @ApiPropertyOptional({ ...EVENT, maxLength: EVENT_MAX })
  @IsOptional()
  @IsString()
  @MaxLength(EVENT_MAX)
  readonly event?: string;

  @ApiPropertyOptional(RUN)
  @IsOptional()
  @IsUUID('all')
  readonly run_id?: string;

  @ApiPropertyOptional(WEBHOOK)
  @IsOptional()
  @IsUUID('all')
  readonly webhook_id?: string;
}

export class NotificationDto {
  @ApiProperty({
    description: 'Its id, which the receiver sees as webhook-id.',
    example: '9f1a2b3c-4d5e-4f60-8a7b-8c9d0e1f2a3b',
  })
  readonly id!: string;

  @ApiProperty(EVENT)
  readonly event!: string;

  @ApiProperty({ description: 'Id of the event.', example: '1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f' })
  readonly event_id!: string;

  @ApiProperty({
    description: 'What the event is about.',
    example: 'runs/3b1f6a0e-0c55-4b0e-8a53-2a1c9f4de001',
  })
  readonly subject!: string;

  @ApiProperty({ ...RUN, type: String, nullable: true })
  readonly run_id!: string | null;

  @ApiProperty(CHANNEL)
  readonly channel!: string;

  @ApiProperty({
    description: 'The address that it goes to: a URL or a mail address.',
    example: 'https://hooks.example.com/quayside',
  })
  readonly target!: string;

  @ApiProperty({ ...WEBHOOK, type: String, nullable: true })
  readonly webhook_id!: string | null;

  @ApiProperty(STATUS)
  readonly status!: string;

  @ApiProperty({
    description:
      'Why the last try failed, or why there is none: http_status, timeout, unreachable, egress_refused, mail_not_configured, mail_refused, webhook_disabled, expired …',
    example: null,
    type: String,
    nullable: true,
  })
  readonly reason!: string | null;

  @ApiProperty({ description: 'Tries so far.', example: 1, type: 'integer' })
  readonly attempts!: number;

  @ApiProperty({
    description: 'What the receiver answered last: a status of HTTP or of SMTP.',
    example: 204,
    type: 'integer',
    nullable: true,
  })
  readonly response_status!: number | null;

  @ApiProperty({
    description: 'When it is tried next.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly next_attempt_at!: string | null;

  @ApiProperty({ description: 'When it was made.', example: '2026-11-22T02:15:00.000Z', format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({
    description: 'When it was delivered or given up.',
    example: '2026-11-22T02:15:01.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly settled_at!: string | null;
}

export class NotificationPageDto {
  @ApiProperty({ description: 'The newest first.', type: [NotificationDto], example: [] })
  readonly notifications!: readonly NotificationDto[];

  @ApiProperty({
    description: 'For the next page; null on the last.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly next_cursor!: string | null;
}

export class NotificationAttemptDto {
  @ApiProperty({ description: 'From 1.', example: 1, type: 'integer' })
  readonly number!: number;

  @ApiProperty({ description: 'When it ended.', example: '2026-11-22T02:15:01.000Z', format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: 'How long it took.', example: 42, type: 'integer' })
  readonly duration_ms!: number;

  @ApiProperty({ description: 'What became of it.', example: 'delivered', enum: ['delivered', 'failed'] })
  readonly outcome!: string;

  @ApiProperty({ description: 'Why it failed.', example: null, type: String, nullable: true })
  readonly reason!: string | null;

  @ApiProperty({ description: 'The same in a sentence.', example: null, type: String, nullable: true })
  readonly detail!: string | null;

  @ApiProperty({
    description: 'What was asked; the body is the notification’s, the signature is not kept.',
    example: { method: 'POST', url: 'https://hooks.example.com/quayside' },
    type: 'object',
    additionalProperties: true,
  })
  readonly request!: JsonObject;

  @ApiProperty({ description: 'The answer’s status.', example: 204, type: 'integer', nullable: true })
  readonly response_status!: number | null;

  @ApiProperty({ description: 'The first 2 kB of the answer.', example: '', type: String, nullable: true })
  readonly response!: string | null;
}

export class NotificationDetailDto extends NotificationDto {
  @ApiProperty({
    description: 'The message: an event in the envelope of CloudEvents 1.0.',
    example: { specversion: '1.0', type: 'pipeline.run.completed.v1' },
    type: 'object',
    additionalProperties: true,
  })
  readonly body!: JsonObject;

  @ApiProperty({ description: 'The last 50 tries.', type: [NotificationAttemptDto], example: [] })
  readonly tries!: readonly NotificationAttemptDto[];
}

export const presentNotification = (view: DeliveryView): Pick<NotificationDto, keyof NotificationDto> => ({
  ...{ id: view.id, event: view.event, event_id: view.eventId, subject: view.subject, run_id: view.runId },
  ...{ channel: view.channel, target: view.address, webhook_id: view.endpointId },
  ...{ status: view.status, reason: view.reason, attempts: view.attempt },
  response_status: view.responseStatus,
  next_attempt_at: view.nextAttemptAt?.toISOString() ?? null,
  created_at: view.createdAt.toISOString(),
  settled_at: view.settledAt?.toISOString() ?? null,
});

export const presentDetail = (detail: DeliveryDetail): NotificationDetailDto => ({
  ...presentNotification(detail),
  body: JSON.parse(detail.body) as JsonObject,
  tries: detail.attempts.map(presentAttempt),
});

const presentAttempt = (view: AttemptView): NotificationAttemptDto => ({
  ...{ number: view.number, at: view.at.toISOString(), duration_ms: view.durationMs, outcome: view.outcome },
  ...{ reason: view.reason, detail: view.detail, request: view.request },
  ...{ response_status: view.responseStatus, response: view.response },
});
