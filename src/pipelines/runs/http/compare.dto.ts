import { ApiProperty } from '@nestjs/swagger';
import { type Difference } from '../compare';
import { RunSummaryDto } from './run.dto';

export class DifferenceDto {
  @ApiProperty({ description: 'Where, as a JSON pointer.', example: '/rows' })
  readonly pointer!: string;
  @ApiProperty({ description: 'In the first run; absent: not there.', example: 120, oneOf: [{}] })
  readonly a?: unknown;
  @ApiProperty({ description: 'In the second run; absent: not there.', example: 121, oneOf: [{}] })
  readonly b?: unknown;
}

class ComparedSideDto {
  @ApiProperty({ description: 'How it stands.', example: 'completed' })
  readonly status!: string;
  @ApiProperty({ description: 'Attempts begun.', example: 1, type: 'integer' })
  readonly attempts!: number;
  @ApiProperty({
    description: 'From its beginning to its end.',
    example: 1200,
    type: 'integer',
    nullable: true,
  })
  readonly duration_ms!: number | null;
}

export class ComparedStageDto {
  @ApiProperty({ description: 'Name of the stage.', example: 'analysis' })
  readonly name!: string;
  @ApiProperty({
    description: 'In the first run; null: it has no such stage.',
    type: ComparedSideDto,
    nullable: true,
  })
  readonly a!: ComparedSideDto | null;
  @ApiProperty({
    description: 'In the second run; null: it has no such stage.',
    type: ComparedSideDto,
    nullable: true,
  })
  readonly b!: ComparedSideDto | null;
  @ApiProperty({
    description: 'Where the inputs differ; at most 100 places.',
    type: [DifferenceDto],
    example: [],
  })
  readonly input!: readonly Difference[];
  @ApiProperty({
    description: 'Where the outputs differ; at most 100 places.',
    type: [DifferenceDto],
    example: [],
  })
  readonly output!: readonly Difference[];
  @ApiProperty({
    description: 'Something was too large to be compared here; read the stages of both runs.',
    example: false,
  })
  readonly is_cut!: boolean;
}

export class ComparisonDto {
  @ApiProperty({ description: 'The first run.', type: RunSummaryDto })
  readonly a!: RunSummaryDto;
  @ApiProperty({ description: 'The second run.', type: RunSummaryDto })
  readonly b!: RunSummaryDto;
  @ApiProperty({ description: 'Where what they were given differs.', type: [DifferenceDto], example: [] })
  readonly input!: readonly Difference[];
  @ApiProperty({ description: 'Where their parameters differ.', type: [DifferenceDto], example: [] })
  readonly parameters!: readonly Difference[];
  @ApiProperty({ description: 'Stages of both, by name.', type: [ComparedStageDto] })
  readonly stages!: readonly ComparedStageDto[];
}
