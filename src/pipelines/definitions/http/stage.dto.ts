import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Allow, IsBoolean, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { type JsonValue } from '@app/kernel';
import { type OnFailure, ON_FAILURE } from '../definition';
import { RETRIES_MAX, RETRY_DELAY_MAX_S, STAGE_NAME, STAGE_TIMEOUT_MAX_S, STAGE_TYPE } from '../limits';
import { ApprovalDto, SubPipelineDto, TaskStageDto, ToolStageDto } from './stage-runners.dto';

/** Shapes only: what the values may be is said by the rules of definitions, with all faults at once. */
export class RetryDto {
  @ApiProperty({ description: 'Attempts after the first one.', example: 3, minimum: 0, maximum: RETRIES_MAX })
  @IsInt()
  readonly count!: number;

  @ApiPropertyOptional({
    description: 'Seconds before each of them.',
    example: 5,
    minimum: 0,
    maximum: RETRY_DELAY_MAX_S,
  })
  @IsOptional()
  @IsInt()
  readonly delay?: number;
}

const ANY_JSON = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ],
};

export class CompensationDto {
  @ApiPropertyOptional({
    description: 'The type of its task.',
    example: 'output',
    pattern: STAGE_TYPE.source,
  })
  @IsOptional()
  @IsString()
  readonly type?: string;

  @ApiPropertyOptional({ description: 'Seconds.', example: 300, minimum: 1, maximum: STAGE_TIMEOUT_MAX_S })
  @IsOptional()
  @IsInt()
  readonly timeout?: number;

  @ApiPropertyOptional({
    description: 'What it gets; may use the output of the stage that it undoes.',
    example: { remove: '${stages.output-generation.output.file}' },
    ...ANY_JSON,
  })
  @IsOptional()
  @Allow()
  readonly input?: JsonValue;

  @ApiPropertyOptional({ description: 'How its task is dispatched.', type: TaskStageDto, example: {} })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TaskStageDto)
  readonly task?: TaskStageDto;

  @ApiPropertyOptional({
    description: 'A tool that undoes it, instead of a task.',
    type: ToolStageDto,
    example: { server_name: 'files', tool_name: 'delete', arguments: { path: '/out' } },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ToolStageDto)
  readonly tool?: ToolStageDto;
}

export class StageDto {
  @ApiProperty({
    description: 'Unique in the pipeline; templates name it.',
    example: 'data-ingestion',
    pattern: STAGE_NAME.source,
  })
  @IsString()
  readonly name!: string;

  @ApiPropertyOptional({
    description: 'The type of its task; needed where a task runs the stage.',
    example: 'data-ingestion',
    pattern: STAGE_TYPE.source,
  })
  @IsOptional()
  @IsString()
  readonly type?: string;

  @ApiPropertyOptional({ description: 'Whether its failure fails the run.', example: true, default: true })
  @IsOptional()
  @IsBoolean()
  readonly required?: boolean;

  @ApiPropertyOptional({
    description:
      'Seconds that one attempt may take; of an approval, how long it waits. Default: an hour; a week.',
    example: 300,
    minimum: 1,
  })
  @IsOptional()
  @IsInt()
  readonly timeout?: number;

  @ApiPropertyOptional({
    description: 'What follows a failed attempt.',
    type: RetryDto,
    example: { count: 2 },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryDto)
  readonly retry?: RetryDto;

  @ApiPropertyOptional({
    description: 'The stage is skipped unless this holds.',
    example: '${stages.data-analysis.output.rows} > 0',
  })
  @IsOptional()
  @IsString()
  readonly when?: string;

  @ApiPropertyOptional({
    description:
      'A template of what the stage gets. Absent: the run’s input and the outputs of the stages before it.',
    example: { file: '${input.source}' },
    ...ANY_JSON,
  })
  @IsOptional()
  @Allow()
  readonly input?: JsonValue;

  @ApiPropertyOptional({
    description: 'What its failure means for the run.',
    example: 'fail',
    enum: ON_FAILURE,
    default: 'fail',
  })
  @IsOptional()
  @IsString()
  readonly on_failure?: OnFailure;

  @ApiPropertyOptional({
    description: 'How its task is dispatched. A task is what runs a stage that names nothing else.',
    type: TaskStageDto,
    example: { capabilities: ['data-processing'] },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TaskStageDto)
  readonly task?: TaskStageDto;

  @ApiPropertyOptional({
    description: 'Runs the stage by a tool of a server.',
    type: ToolStageDto,
    example: { server_name: 'everything', tool_name: 'echo', arguments: { message: '${input.text}' } },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ToolStageDto)
  readonly tool?: ToolStageDto;

  @ApiPropertyOptional({
    description: 'Waits for people.',
    type: ApprovalDto,
    example: { message: 'Publish?' },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ApprovalDto)
  readonly approval?: ApprovalDto;

  @ApiPropertyOptional({
    description: 'Runs the stage by another pipeline.',
    type: SubPipelineDto,
    example: { pipeline: 'clean-up' },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SubPipelineDto)
  readonly pipeline?: SubPipelineDto;

  @ApiPropertyOptional({
    description: 'Undoes the stage when a later one fails with on_failure: compensate.',
    type: CompensationDto,
    example: { type: 'output', input: { remove: true } },
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CompensationDto)
  readonly compensation?: CompensationDto;
}

export class DependencyDto {
  @ApiProperty({ description: 'The stage that comes first, counted from 0.', example: 0, type: 'integer' })
  @IsInt()
  readonly from!: number;

  @ApiProperty({ description: 'The stage that waits for it.', example: 1, type: 'integer' })
  @IsInt()
  readonly to!: number;
}
