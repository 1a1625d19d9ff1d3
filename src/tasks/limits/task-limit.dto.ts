import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Matches, Max, MaxLength, Min } from 'class-validator';
import { LIMIT_KINDS, type LimitKind, type TaskLimit } from './task-limit';

const RUNNING_MAX = 100_000;
const NAME_MAX = 128;
const KIND = { description: 'What is limited: a type of task, or a concurrency key.', example: 'type' };
const NAME = { description: 'The type, or the key.', example: 'analysis' };

export class TaskLimitPathDto {
  @ApiProperty({ ...KIND, enum: [...LIMIT_KINDS] })
  @IsIn(LIMIT_KINDS)
  readonly kind!: LimitKind;

  @ApiProperty({ ...NAME, maxLength: NAME_MAX })
  @MaxLength(NAME_MAX)
  @Matches(/^[\x21-\x7e]+$/)
  readonly name!: string;
}

export class PutTaskLimitDto {
  @ApiProperty({
    description: 'How many of them run at once, in the workspace. 0 lets none begin.',
    example: 5,
    type: 'integer',
    minimum: 0,
    maximum: RUNNING_MAX,
  })
  @IsInt()
  @Min(0)
  @Max(RUNNING_MAX)
  readonly max_running!: number;
}

export class TaskLimitDto {
  @ApiProperty({ ...KIND, enum: [...LIMIT_KINDS] })
  readonly kind!: string;

  @ApiProperty(NAME)
  readonly name!: string;

  @ApiProperty({ description: 'How many run at once.', example: 5, type: 'integer' })
  readonly max_running!: number;

  @ApiProperty({ description: 'How many run now.', example: 2, type: 'integer' })
  readonly running!: number;

  @ApiProperty({
    description: 'When it was set last.',
    example: '2026-11-22T10:00:00.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;
}

export class TaskLimitListDto {
  @ApiProperty({ description: 'Every limit of the workspace.', type: [TaskLimitDto], example: [] })
  readonly limits!: readonly TaskLimitDto[];
}

export const showLimit = ({ kind, name, maxRunning, running, updatedAt }: TaskLimit): TaskLimitDto => ({
  ...{ kind, name, running },
  max_running: maxRunning,
  updated_at: updatedAt.toISOString(),
});
