import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDefined, IsIn, IsInt, IsOptional, Matches, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { type JsonValue } from '@app/kernel';
import { QUOTA_RESOURCES } from '../../settings';
import { type QuotaScope } from '../domain/limits.errors';
import { type StoredQuota } from '../domain/quota';
import { type UsageLine, type UsageReport } from '../quotas/usage';

export const QUOTA_SCOPES: readonly QuotaScope[] = ['workspace', 'user', 'key', 'agent'];
const ID_MAX = 128;
const DAYS_MAX = 92;
const SCOPE = { description: 'Whose it is.', example: 'key', enum: [...QUOTA_SCOPES] };
const SCOPE_ID = { description: 'Id of the workspace, user, key or agent.', example: 'k3v9q2xw71ab' };

export class QuotaPathDto {
  @ApiProperty(SCOPE)
  @IsIn(QUOTA_SCOPES)
  readonly scope!: QuotaScope;

  @ApiProperty({ ...SCOPE_ID, maxLength: ID_MAX })
  @MaxLength(ID_MAX)
  @Matches(/^[\x21-\x7e]+$/)
  readonly id!: string;
}

export class PutQuotaDto {
  @ApiProperty({
    description: `How much there may be of each: ${QUOTA_RESOURCES.join(', ')}. null is no limit; what is left out has its default.`,
    example: { instances: 50, tool_calls_per_day: 100_000, memory_bytes: null },
    type: 'object',
    additionalProperties: { type: 'integer', nullable: true },
  })
  @IsDefined()
  readonly limits!: JsonValue;
}

export class UsageQueryDto {
  @ApiPropertyOptional({ ...SCOPE, description: 'Whose use. Default: of the caller’s workspace.' })
  @IsOptional()
  @IsIn(QUOTA_SCOPES)
  readonly scope?: QuotaScope;

  @ApiPropertyOptional({ ...SCOPE_ID, description: 'Id of the user, key or agent.', maxLength: ID_MAX })
  @IsOptional()
  @MaxLength(ID_MAX)
  @Matches(/^[\x21-\x7e]+$/)
  readonly id?: string;

  @ApiPropertyOptional({
    description: 'Of how many days calls are told, today included.',
    example: 7,
    minimum: 1,
    maximum: DAYS_MAX,
    type: 'integer',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(DAYS_MAX)
  readonly days?: number;
}

export class ResourceUseDto {
  @ApiProperty({ description: 'What is counted.', example: 'instances', enum: [...QUOTA_RESOURCES] })
  readonly resource!: string;

  @ApiProperty({
    description:
      'How much is used. What is counted by the day is counted where a limit applies, and taken ahead in blocks.',
    example: 12,
    type: 'integer',
  })
  readonly used!: number;

  @ApiProperty({
    description: 'How much there may be; null is no limit.',
    example: 50,
    type: 'integer',
    nullable: true,
  })
  readonly limit!: number | null;

  @ApiProperty({
    description: 'When it is counted anew; null for what is held.',
    example: null,
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly reset!: string | null;
}

export class QuotaDto {
  @ApiProperty(SCOPE)
  readonly scope!: string;

  @ApiProperty(SCOPE_ID)
  readonly scope_id!: string;

  @ApiProperty({
    description: 'What was set; null is no limit, and what is not in it has its default.',
    example: { instances: 50 },
    type: 'object',
    additionalProperties: { type: 'integer', nullable: true },
  })
  readonly limits!: Readonly<Record<string, number | null>>;

  @ApiProperty({
    description: 'When it was set last; null while only defaults hold.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly updated_at!: string | null;
}

export class QuotaDetailDto extends QuotaDto {
  @ApiProperty({
    description: 'What is in force, and what is used of it.',
    type: [ResourceUseDto],
    example: [],
  })
  readonly resources!: readonly ResourceUseDto[];
}

export class QuotaListDto {
  @ApiProperty({ description: 'Every quota that was set in the workspace.', type: [QuotaDto], example: [] })
  readonly quotas!: readonly QuotaDto[];
}

export class CallUseDto {
  @ApiProperty({ description: 'Day, in UTC.', example: '2026-11-21', format: 'date' })
  readonly day!: string;

  @ApiProperty({
    description: 'The instance that was called.',
    example: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d',
    type: String,
    nullable: true,
  })
  readonly instance_id!: string | null;

  @ApiProperty({ description: 'Its name then.', example: 'docs-search', type: String, nullable: true })
  readonly server_name!: string | null;

  @ApiProperty({ description: 'The tool.', example: 'search', type: String, nullable: true })
  readonly tool_name!: string | null;

  @ApiProperty({ description: 'How often it was called.', example: 120, type: 'integer' })
  readonly calls!: number;

  @ApiProperty({ description: 'How many of the calls ended in an error.', example: 3, type: 'integer' })
  readonly failed!: number;
}

export class UsageDto {
  @ApiProperty(SCOPE)
  readonly scope!: string;

  @ApiProperty(SCOPE_ID)
  readonly scope_id!: string;

  @ApiProperty({ description: 'Of each resource.', type: [ResourceUseDto], example: [] })
  readonly resources!: readonly ResourceUseDto[];

  @ApiProperty({
    description: 'Tool calls per day, instance and tool; at most 1,000 lines, the latest days first.',
    type: [CallUseDto],
    example: [],
  })
  readonly calls!: readonly CallUseDto[];
}

export const presentQuota = ({
  scope,
  scopeId,
  limits,
  version,
  updatedAt,
}: StoredQuota): Pick<QuotaDto, keyof QuotaDto> => ({
  ...{ scope, scope_id: scopeId, limits },
  updated_at: version === 0 ? null : updatedAt.toISOString(),
});

export const presentUse = ({ resource, used, limit, reset }: UsageLine): ResourceUseDto => ({
  ...{ resource, used, limit, reset: reset?.toISOString() ?? null },
});

export const presentUsage = ({ quota, resources, calls }: UsageReport): UsageDto => ({
  scope: quota.scope,
  scope_id: quota.scopeId,
  resources: resources.map(presentUse),
  calls: calls.map(({ day, instanceId, serverName, tool, calls: count, failed }) => ({
    ...{ day, instance_id: instanceId, server_name: serverName, tool_name: tool, calls: count, failed },
  })),
});
