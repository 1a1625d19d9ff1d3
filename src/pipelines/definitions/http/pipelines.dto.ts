import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  IsString,
  ValidateNested,
} from 'class-validator';
import { IfSent, FieldProblemDto } from '@app/http';
import { type FieldProblem, type JsonObject, NAME_PATTERN } from '@app/kernel';
import { DEPENDENCIES_MAX, DESCRIPTION_MAX, STAGES_MAX } from '../limits';
import { type PipelineBody, type StageBody } from '../pipeline-body';
import {
  type PipelineSummary,
  type PipelineView,
  type VersionSummary,
  type VersionView,
} from '../pipeline-view';
import { type ReadyMade } from '../ready-made';
import { DependencyDto, StageDto } from './stage.dto';

const STAGES_EXAMPLE = [{ name: 'data-ingestion', type: 'data-ingestion', required: true, timeout: 300 }];
const SCHEMA = { type: 'object' as const, additionalProperties: true };
const TIME = { example: '2026-11-21T14:50:34.000Z', format: 'date-time' };

export class PipelineBodyDto {
  @ApiProperty({
    description: 'Unique in the workspace.',
    example: 'data-processing-pipeline',
    pattern: NAME_PATTERN.source,
  })
  @IsString()
  readonly name!: string;

  @ApiPropertyOptional({ description: 'For people.', example: 'Six stages', maxLength: DESCRIPTION_MAX })
  @IfSent()
  @IsString()
  readonly description?: string;

  @ApiPropertyOptional({
    description:
      'Whether everybody may read its name and description on the card of this installation; absent: nobody.',
    example: false,
  })
  @IfSent()
  @IsBoolean()
  readonly is_public?: boolean;

  @ApiPropertyOptional({
    description: 'JSON Schema that the input of each run has to fit; absent: any input.',
    ...SCHEMA,
    example: { type: 'object', properties: { source: { type: 'string' } }, required: ['source'] },
  })
  @IsOptional()
  @IsObject()
  readonly input_schema?: JsonObject;

  @ApiPropertyOptional({
    description: 'JSON Schema that the parameters of each run have to fit; absent: any parameters.',
    ...SCHEMA,
    example: { type: 'object', properties: { batch_size: { type: 'integer', minimum: 1, default: 1000 } } },
  })
  @IsOptional()
  @IsObject()
  readonly parameter_schema?: JsonObject;

  @ApiProperty({
    description: 'Its stages; dependencies name them by their place, counted from 0.',
    type: [StageDto],
    example: STAGES_EXAMPLE,
    minItems: 1,
    maxItems: STAGES_MAX,
  })
  @IsArray()
  @ArrayMaxSize(STAGES_MAX)
  @ValidateNested({ each: true })
  @Type(() => StageDto)
  readonly stages!: readonly StageDto[];

  @ApiPropertyOptional({
    description: 'What waits for what. Absent: one after the other, in the order given.',
    type: [DependencyDto],
    example: [{ from: 0, to: 1 }],
    maxItems: DEPENDENCIES_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(DEPENDENCIES_MAX)
  @ValidateNested({ each: true })
  @Type(() => DependencyDto)
  readonly dependencies?: readonly DependencyDto[];
}

/** Every member that is there is written as it was sent; what a class brings along is not. */
export const toBody = (dto: PipelineBodyDto): PipelineBody => JSON.parse(JSON.stringify(dto)) as PipelineBody;

export class PipelineDto extends PipelineBodyDto {
  @ApiProperty({
    description: 'Its id; the name works wherever the id does.',
    format: 'uuid',
    example: '0b6f5a1e-6c0e-4d0e-9f7e-2f4f6f1d7a10',
  })
  readonly id!: string;

  @ApiProperty({ description: 'The newest version; a run keeps the one it began with.', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'Who made it.', example: 'user:ada' })
  readonly created_by!: string;

  @ApiProperty({ description: 'When it was made.', ...TIME })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it got its newest version.', ...TIME })
  readonly updated_at!: string;

  @ApiPropertyOptional({
    description: 'After a change: what could not be checked, for instance because a server was not there.',
    type: [FieldProblemDto],
    example: [],
  })
  readonly warnings?: readonly FieldProblem[];

  static from(view: PipelineView, warnings?: readonly FieldProblem[]): PipelineDto {
    const { id, version, createdBy, createdAt, updatedAt } = view;
    return {
      ...{ id, ...shown(view.body), version, created_by: createdBy },
      ...{ created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() },
      ...(warnings === undefined ? {} : { warnings }),
    };
  }
}

/** As people wrote it: ids that were looked up for them stay inside. */
const shown = ({ name, description = '', stages, dependencies = [], ...schemas }: PipelineBody) => ({
  ...{ name, description, ...schemas, dependencies },
  stages: stages.map(withoutIds),
});

function withoutIds(stage: StageBody): StageBody {
  if (stage.pipeline === undefined) return stage;
  const { pipeline_id: _id, ...pipeline } = stage.pipeline;
  return { ...stage, pipeline };
}

export class LastRunDto {
  @ApiProperty({ description: 'Id of the run.', example: '5a1f1f0e-2f0e-4c7e-9f53-6c8f1a2b3c4d' })
  readonly run_id!: string;

  @ApiProperty({ description: 'How it stands.', example: 'completed' })
  readonly status!: string;

  @ApiProperty({ description: 'When it was accepted.', ...TIME })
  readonly created_at!: string;
}

export class PipelineSummaryDto {
  @ApiProperty({ description: 'Its id.', format: 'uuid', example: '0b6f5a1e-6c0e-4d0e-9f7e-2f4f6f1d7a10' })
  readonly id!: string;

  @ApiProperty({ description: 'Its name.', example: 'data-processing-pipeline' })
  readonly name!: string;

  @ApiProperty({ description: 'For people.', example: 'Six stages' })
  readonly description!: string;

  @ApiProperty({ description: 'The newest version.', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'How many stages it has.', example: 6 })
  readonly stage_count!: number;

  @ApiProperty({ description: 'When it was made.', ...TIME })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it got its newest version.', ...TIME })
  readonly updated_at!: string;

  @ApiProperty({
    description: 'Its newest run, whatever became of it: run_id, status, created_at.',
    type: LastRunDto,
    nullable: true,
    example: null,
  })
  readonly last_run!: LastRunDto | null;

  static readonly from = (summary: PipelineSummary): PipelineSummaryDto => ({
    ...{ id: summary.id, name: summary.name, description: summary.description, version: summary.version },
    stage_count: summary.stageCount,
    ...{ created_at: summary.createdAt.toISOString(), updated_at: summary.updatedAt.toISOString() },
    last_run: summary.lastRun,
  });
}

export class PipelinePageDto {
  @ApiProperty({ description: 'By name.', type: [PipelineSummaryDto], example: [] })
  readonly pipelines!: readonly PipelineSummaryDto[];

  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}

export class VersionSummaryDto {
  @ApiProperty({ description: 'Counted from 1.', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'What the pipeline was called then.', example: 'data-processing-pipeline' })
  readonly name!: string;

  @ApiProperty({ description: 'How many stages it has.', example: 6 })
  readonly stage_count!: number;

  @ApiProperty({ description: 'Who made it.', example: 'user:ada' })
  readonly created_by!: string;

  @ApiProperty({ description: 'When.', ...TIME })
  readonly created_at!: string;

  static readonly from = (view: VersionSummary): VersionSummaryDto => ({
    ...{ version: view.version, name: view.name, stage_count: view.stageCount },
    ...{ created_by: view.createdBy, created_at: view.createdAt.toISOString() },
  });
}

export class VersionPageDto {
  @ApiProperty({ description: 'Newest first.', type: [VersionSummaryDto], example: [] })
  readonly versions!: readonly VersionSummaryDto[];

  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}

export class VersionDto extends PipelineBodyDto {
  @ApiProperty({ description: 'Counted from 1.', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'Who made it.', example: 'user:ada' })
  readonly created_by!: string;

  @ApiProperty({ description: 'When.', ...TIME })
  readonly created_at!: string;

  static readonly of = ({ version, body, createdBy, createdAt }: VersionView): VersionDto => ({
    ...{ ...shown(body), version, created_by: createdBy, created_at: createdAt.toISOString() },
  });
}

export class ValidityDto {
  @ApiProperty({ description: 'Whether it can be saved like this.', example: true })
  readonly valid!: boolean;

  @ApiProperty({ description: 'What is wrong, and where.', type: [FieldProblemDto], example: [] })
  readonly errors!: readonly FieldProblem[];

  @ApiProperty({ description: 'What could not be found out now.', type: [FieldProblemDto], example: [] })
  readonly warnings!: readonly FieldProblem[];
}

export class ReadyMadeDto {
  @ApiProperty({ description: 'For people.', example: 'Data processing (6 stages)' })
  readonly title!: string;

  @ApiProperty({
    description: 'Send it to POST /api/v1/pipelines as it is, or under another name.',
    type: PipelineBodyDto,
    example: { name: 'data-processing-pipeline', stages: STAGES_EXAMPLE },
  })
  readonly pipeline!: PipelineBodyDto;
}

export class ReadyMadeListDto {
  @ApiProperty({ description: 'Pipelines to begin with.', type: [ReadyMadeDto], example: [] })
  readonly templates!: readonly ReadyMade[];
}
