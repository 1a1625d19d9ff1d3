import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { type JsonValue } from '@app/kernel';
import { LOG_LEVELS, type LogLevel, MAX_BATCH, TASK_STATUSES } from '../domain/task';

const TOKEN = 'lt_1.QmVnaW5zIHdpdGggdGhlIGdlbmVyYXRpb24gb2YgaXQ';
const TOKEN_MAX = 256;
const MESSAGE_MAX = 4_096;
const LINES_MAX = 500;
const DAY_S = 86_400;

const tokenProperty = { description: 'What came with the task.', example: TOKEN };

export class HandBackTaskDto {
  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;
}

export class TaskProgressDto {
  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;

  @ApiProperty({ description: 'From 0 to 1.', example: 0.75 })
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly progress!: number;

  @ApiPropertyOptional({ description: 'What it is at.', example: 'Reading' })
  @IsOptional()
  @IsString()
  @MaxLength(MESSAGE_MAX)
  readonly message?: string;
}

export class LogEntryDto {
  @ApiPropertyOptional({
    description: 'How grave it is.',
    enum: LOG_LEVELS,
    default: 'info',
    example: 'info',
  })
  @IsOptional()
  @IsIn(LOG_LEVELS)
  readonly level?: LogLevel;

  @ApiProperty({
    description: 'What there is to say; longer ones are cut at 8 KiB.',
    example: 'Task started',
  })
  @IsString()
  readonly message!: string;
}

export class AppendLogsDto {
  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;

  @ApiProperty({
    description: 'In their order.',
    type: [LogEntryDto],
    maxItems: LINES_MAX,
    example: [{ message: 'Task started' }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LINES_MAX)
  @ValidateNested({ each: true })
  @Type(() => LogEntryDto)
  readonly entries!: readonly LogEntryDto[];
}

export class CompleteTaskDto {
  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;

  @ApiPropertyOptional({
    description: 'Any JSON of at most 256 KiB.',
    nullable: true,
    type: 'object',
    additionalProperties: true,
    example: { rows: 1_024 },
  })
  @IsOptional()
  readonly result?: JsonValue;
}

export class FailureDto {
  @ApiProperty({
    description: 'A word for programs; cancelled: it was ended as somebody wished.',
    example: 'EXECUTION_ERROR',
  })
  @IsString()
  @Matches(/^[A-Za-z0-9_.:-]{1,64}$/, { message: 'code must be 1-64 letters, digits and _ . : -' })
  readonly code!: string;

  @ApiProperty({ description: 'A sentence for people.', example: 'Invalid input data format' })
  @IsString()
  @MaxLength(MESSAGE_MAX)
  readonly message!: string;
}

export class FailTaskDto {
  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;

  @ApiProperty({ description: 'What went wrong.', type: FailureDto })
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => FailureDto)
  readonly error!: FailureDto;

  @ApiPropertyOptional({
    description: 'false: another try would fail as well.',
    default: true,
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  readonly retryable?: boolean;

  @ApiPropertyOptional({ description: 'Seconds before which another try makes no sense.', example: 30 })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(DAY_S)
  readonly retry_after?: number;
}

/** One of many: either result or error. */
export class OutcomeDto {
  @ApiProperty({ description: 'The task.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  @IsUUID()
  readonly task_id!: string;

  @ApiProperty(tokenProperty)
  @IsString()
  @MaxLength(TOKEN_MAX)
  readonly lease_token!: string;

  @ApiPropertyOptional({
    description: 'It is completed with this.',
    nullable: true,
    type: 'object',
    additionalProperties: true,
    example: { rows: 1_024 },
  })
  @IsOptional()
  readonly result?: JsonValue;

  @ApiPropertyOptional({ description: 'It failed with this.', type: FailureDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => FailureDto)
  readonly error?: FailureDto;

  @ApiPropertyOptional({
    description: 'false: another try would fail as well.',
    default: true,
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  readonly retryable?: boolean;

  @ApiPropertyOptional({ description: 'Seconds before which another try makes no sense.', example: 30 })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(DAY_S)
  readonly retry_after?: number;
}

export class OutcomesDto {
  @ApiProperty({
    description: 'How tasks ended.',
    type: 'array',
    items: { $ref: '#/components/schemas/OutcomeDto' },
    maxItems: MAX_BATCH,
    example: [{ task_id: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a', lease_token: TOKEN, result: {} }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BATCH)
  @IsObject({ each: true, message: 'each of outcomes must be an object' })
  readonly outcomes!: readonly Record<string, unknown>[];
}

export class ReportAnswerDto {
  @ApiProperty({ description: 'true: stop, and fail the task with the code cancelled.', example: false })
  readonly cancel!: boolean;
  @ApiProperty({ description: 'Why.', type: String, nullable: true, example: null })
  readonly cancel_reason!: string | null;
}

export class LogsAnswerDto extends ReportAnswerDto {
  @ApiProperty({ description: 'Lines that were taken; a task keeps 10,000.', type: 'integer', example: 1 })
  readonly accepted!: number;
}

export class EndedTaskDto {
  @ApiProperty({ description: 'The task.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly task_id!: string;
  @ApiProperty({ description: 'How it stands now.', enum: TASK_STATUSES, example: 'completed' })
  readonly status!: string;
}
