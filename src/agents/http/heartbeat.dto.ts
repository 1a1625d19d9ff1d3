import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsUUID,
  Max,
  Min,
  ValidateBy,
} from 'class-validator';
import { type JsonObject } from '@app/kernel';

const METRICS_MAX = 32;
const NAME_MAX = 64;
const TASKS_MAX = 1_000;

/** Numbers by name: enough for figures of an agent, too little to store anything in. */
const IsFigureMap = (): PropertyDecorator =>
  ValidateBy({
    name: 'isFigureMap',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        Object.keys(value).length <= METRICS_MAX &&
        Object.entries(value).every(([name, figure]) => name.length <= NAME_MAX && Number.isFinite(figure)),
      defaultMessage: () => `metrics must be at most ${String(METRICS_MAX)} numbers by name`,
    },
  });

export class HeartbeatDto {
  @ApiPropertyOptional({
    description: 'How busy it is, from 0 to 1. It decides between agents, never how many tasks one is given.',
    example: 0.75,
    minimum: 0,
    maximum: 1,
  })
  @IsOptional()
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(1)
  readonly current_load?: number;

  @ApiPropertyOptional({
    description: 'How many tasks it runs, by its own count.',
    example: 2,
    type: 'integer',
    minimum: 0,
    maximum: TASKS_MAX,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(TASKS_MAX)
  readonly running_tasks?: number;

  @ApiPropertyOptional({
    description:
      'Ids of all tasks that it holds. One that it was given and does not name is given to another agent.',
    example: [],
    type: [String],
    maxItems: TASKS_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TASKS_MAX)
  @IsUUID('all', { each: true })
  readonly task_ids?: readonly string[];

  @ApiPropertyOptional({
    description: 'It is about to end: it gets nothing more, and its silence will be no loss.',
    example: false,
  })
  @IsOptional()
  @IsBoolean()
  readonly draining?: boolean;

  @ApiPropertyOptional({
    description: 'Figures of its own.',
    example: { queue: 3 },
    type: 'object',
    additionalProperties: { type: 'number' },
  })
  @IsOptional()
  @IsObject()
  @IsFigureMap()
  readonly metrics?: JsonObject;
}

export class HeartbeatAnswerDto {
  @ApiProperty({ description: 'Seconds until the next one.', example: 4.6 })
  readonly next_heartbeat_s!: number;

  @ApiProperty({ description: 'Ids of tasks to stop.', example: [], type: [String] })
  readonly cancel!: readonly string[];

  @ApiProperty({
    description: 'It gets nothing more: it may end when it has done what it has.',
    example: false,
  })
  readonly drain!: boolean;
}
