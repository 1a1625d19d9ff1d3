import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IfSent } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { DEAD_REASONS, type DeadReason, MAX_BATCH } from '../domain/task';
import { TaskLogDto } from './task.dto';

export class CancelTaskDto {
  @ApiPropertyOptional({ description: 'Why; kept with the task.', example: 'The input was wrong.' })
  @IfSent()
  @IsString()
  @MaxLength(500)
  readonly reason?: string;
}

export class RetryTaskDto {
  @ApiPropertyOptional({
    description: 'In place of the payload that it had.',
    type: 'object',
    additionalProperties: true,
    example: { data_source: 's3://bucket/corrected.csv' },
  })
  @IfSent()
  @IsObject()
  readonly payload?: JsonObject;
}

export class RetryDeadLettersDto {
  @ApiPropertyOptional({
    description: 'Exactly these. Left out: the oldest that the other members describe.',
    type: [String],
    example: ['8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a'],
  })
  @IfSent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BATCH)
  @IsUUID(undefined, { each: true, message: 'each of ids must be the id of a task' })
  readonly ids?: readonly string[];

  @ApiPropertyOptional({ description: 'Only this kind of work.', example: 'analysis' })
  @IfSent()
  @IsString()
  @MaxLength(64)
  readonly type?: string;

  @ApiPropertyOptional({
    description: 'Only given up for this.',
    enum: DEAD_REASONS,
    example: 'retries_exhausted',
  })
  @IfSent()
  @IsIn(DEAD_REASONS)
  readonly reason?: DeadReason;

  @ApiPropertyOptional({ description: 'Only with this mark.', example: 'pipeline-123' })
  @IfSent()
  @IsString()
  @MaxLength(128)
  readonly pipeline_id?: string;

  @ApiPropertyOptional({
    description: 'At most so many at once; ask again for the rest.',
    type: 'integer',
    default: 100,
    example: 100,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_BATCH)
  readonly limit: number = 100;
}

export class TaskLogPageDto {
  @ApiProperty({ description: 'From the oldest on.', type: [TaskLogDto], example: [] })
  readonly logs!: readonly TaskLogDto[];
  @ApiProperty({
    description: 'Ask with it for what is said later; it is there also when nothing new was.',
    example: '1042',
  })
  readonly next_after!: string;
}
