import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { type Generation } from '../queries/instance-generations';
import { jsonSpecProperty } from './create-instance.dto';

/** As the database counts. */
const GENERATION_MAX = 2_147_483_646;

export class GenerationDto {
  @ApiProperty({ description: 'Its number.', example: 3, type: 'integer' })
  readonly generation!: number;
  @ApiProperty({
    description: 'When it was wanted.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly at!: string;
  @ApiProperty({ description: 'By whom.', example: 'user:ana' })
  readonly actor!: string;
  @ApiProperty({ description: 'What made it.', example: 'update' })
  readonly cause!: string;
  @ApiProperty({ description: 'Whether it is the one that is wanted now.', example: false })
  readonly current!: boolean;
  @ApiProperty({ description: 'How many containers were wanted.', example: 1, type: 'integer' })
  readonly replicas!: number;
  @ApiProperty(jsonSpecProperty)
  readonly json_spec!: object;

  static readonly from = (one: Generation): GenerationDto => ({
    generation: one.generation,
    at: one.at.toISOString(),
    actor: one.actor,
    cause: one.cause,
    current: one.isCurrent,
    replicas: one.replicas,
    json_spec: one.spec,
  });
}

export class GenerationListDto {
  @ApiProperty({ description: 'Newest first.', type: [GenerationDto], example: [] })
  readonly generations!: readonly GenerationDto[];
  @ApiProperty({ description: 'Where the next page starts.', example: null, nullable: true, type: String })
  readonly next_cursor!: string | null;
}

export class RollbackDto {
  @ApiProperty({
    description: 'The generation to want again.',
    example: 3,
    type: 'integer',
    minimum: 1,
    maximum: GENERATION_MAX,
  })
  @IsInt({ message: 'generation must be a whole number' })
  @Min(1)
  @Max(GENERATION_MAX)
  readonly generation!: number;
}
