import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, MaxLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { type AuditOutcome } from '../domain/audit-entry';
import { type AuditEntryView } from '../queries/list-audit.query';
import { IsInstant } from './is-instant';

const TEXT_MAX = 255;
export const OUTCOMES: readonly AuditOutcome[] = ['succeeded', 'denied', 'failed'];

export class ListAuditDto extends ListQuery {
  @ApiPropertyOptional({
    description: 'Who acted, as the entries print it.',
    example: 'key:bootstrap',
    maxLength: TEXT_MAX,
  })
  @IsOptional()
  @MaxLength(TEXT_MAX)
  readonly actor?: string;

  @ApiPropertyOptional({
    description: 'A whole action, or its beginning followed by an asterisk.',
    example: 'mcp.instance.*',
    maxLength: TEXT_MAX,
  })
  @IsOptional()
  @MaxLength(TEXT_MAX)
  readonly action?: string;

  @ApiPropertyOptional({
    description: 'A type of resource, or a type and an id.',
    example: 'instances/7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d',
    maxLength: TEXT_MAX,
  })
  @IsOptional()
  @MaxLength(TEXT_MAX)
  @Matches(/^[a-z][a-z_-]*(\/.+)?$/, {
    message: 'resource must be a type such as "instances", or "instances/<id>"',
  })
  readonly resource?: string;

  @ApiPropertyOptional({
    description: 'From this time on (RFC 3339).',
    example: '2026-11-01T00:00:00Z',
    format: 'date-time',
  })
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @ApiPropertyOptional({
    description: 'Before this time (RFC 3339).',
    example: '2026-12-01T00:00:00Z',
    format: 'date-time',
  })
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @ApiPropertyOptional({ description: 'How it ended.', example: 'denied', enum: OUTCOMES })
  @IsOptional()
  @IsIn(OUTCOMES)
  readonly outcome?: AuditOutcome;

  @ApiPropertyOptional({
    description: 'The request it belongs to.',
    example: '0b1f5a52-52e8-4c39-8f4a-8e4c6a1f2b3c',
    maxLength: TEXT_MAX,
  })
  @IsOptional()
  @MaxLength(TEXT_MAX)
  readonly request_id?: string;
}

export class GetAuditEntryDto {
  @ApiPropertyOptional({
    description: 'When it happened, as the list prints it; needed for an entry about a call.',
    example: '2026-11-21T14:50:34.000Z',
    format: 'date-time',
  })
  @IsOptional()
  @IsInstant()
  readonly at?: string;
}

export class AuditEntryDto {
  @ApiProperty({
    description: 'The id of the entry.',
    example: '0b1f5a52-52e8-4c39-8f4a-8e4c6a1f2b3c',
    format: 'uuid',
  })
  readonly id!: string;

  @ApiProperty({ description: 'When it happened.', example: '2026-11-21T14:50:34.000Z', format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: 'Who acted: kind and id.', example: 'key:bootstrap' })
  readonly actor!: string;

  @ApiProperty({ description: 'The key that was used.', example: 'bootstrap', type: String, nullable: true })
  readonly key_id!: string | null;

  @ApiProperty({
    description: 'The address of the caller.',
    example: '127.0.0.1',
    type: String,
    nullable: true,
  })
  readonly address!: string | null;

  @ApiProperty({ description: 'The request it belongs to.', example: 'req-1', type: String, nullable: true })
  readonly request_id!: string | null;

  @ApiProperty({ description: 'What was done.', example: 'mcp.instance.create.requested' })
  readonly action!: string;

  @ApiProperty({ description: 'The type of the thing it was done to.', example: 'instances' })
  readonly resource_type!: string;

  @ApiProperty({ description: 'The id of that thing.', example: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d' })
  readonly resource_id!: string;

  @ApiProperty({
    description: 'How it ended.',
    example: 'succeeded',
    enum: ['succeeded', 'denied', 'failed'],
  })
  readonly outcome!: string;

  @ApiProperty({
    description: 'What else is known; never a secret.',
    example: { generation: 1 },
    type: 'object',
    additionalProperties: true,
  })
  readonly detail!: JsonObject;

  @ApiProperty({
    description: 'The event that was written with it.',
    example: '5a9c0e1d-0d6b-4d0e-8c59-3f2f1f0b7a11',
    type: String,
    format: 'uuid',
    nullable: true,
  })
  readonly event_id!: string | null;

  @ApiProperty({
    description: 'The workspace it happened in.',
    example: '00000000-0000-4000-8000-000000000001',
    type: String,
    format: 'uuid',
    nullable: true,
  })
  readonly workspace_id!: string | null;

  @ApiProperty({
    description:
      'What a change found, where it differs; null where nothing was changed, or something was made.',
    example: { description: 'Reads files.' },
    type: 'object',
    additionalProperties: true,
    nullable: true,
  })
  readonly before!: JsonObject | null;

  @ApiProperty({
    description: 'What a change left, where it differs; credentials are masked.',
    example: { description: 'Reads and writes files.' },
    type: 'object',
    additionalProperties: true,
    nullable: true,
  })
  readonly after!: JsonObject | null;

  static readonly from = (entry: AuditEntryView): AuditEntryDto => {
    return {
      id: entry.id,
      at: entry.at.toISOString(),
      actor: entry.actor,
      key_id: entry.keyId,
      address: entry.address,
      request_id: entry.requestId,
      action: entry.action,
      resource_type: entry.resourceType,
      resource_id: entry.resourceId,
      outcome: entry.outcome,
      detail: entry.detail,
      event_id: entry.eventId,
      workspace_id: entry.workspaceId,
      before: entry.before,
      after: entry.after,
    };
  };
}

export class AuditPageDto {
  @ApiProperty({ description: 'The newest first.', type: [AuditEntryDto], example: [] })
  readonly entries!: readonly AuditEntryDto[];

  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}
