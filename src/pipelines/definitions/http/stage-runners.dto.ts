import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow, IsArray, IsIn, IsInt, IsObject, IsOptional, IsString } from 'class-validator';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { PRIORITIES, type StagePriority } from '../definition';
import {
  APPROVERS_MAX,
  CAPABILITIES_MAX,
  CONCURRENCY_KEY_MAX,
  MESSAGE_MAX,
  STAGE_TIMEOUT_MAX_S,
} from '../limits';

export class TaskStageDto {
  @ApiPropertyOptional({
    description: 'Only agents that have them all get the task; none: any active worker.',
    example: ['data-processing'],
    type: [String],
    maxItems: CAPABILITIES_MAX,
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly capabilities?: readonly string[];

  @ApiPropertyOptional({ description: 'Before which other tasks.', example: 'medium', enum: PRIORITIES })
  @IsOptional()
  @IsIn(PRIORITIES)
  readonly priority?: StagePriority;

  @ApiPropertyOptional({
    description: 'The only agent that may do it, by id or name.',
    example: 'data-processor',
  })
  @IsOptional()
  @IsString()
  readonly agent_id?: string;

  @ApiPropertyOptional({
    description: 'Seconds that it may wait for an agent.',
    example: 600,
    minimum: 1,
    maximum: STAGE_TIMEOUT_MAX_S,
  })
  @IsOptional()
  @IsInt()
  readonly queue_timeout?: number;

  @ApiPropertyOptional({
    description: 'Tasks with the same key share a limit.',
    example: 'warehouse',
    maxLength: CONCURRENCY_KEY_MAX,
  })
  @IsOptional()
  @IsString()
  readonly concurrency_key?: string;
}

export class ToolStageDto {
  @ApiProperty({ description: 'The server, by name or id.', example: 'everything' })
  @IsString()
  readonly server_name!: string;

  @ApiProperty({ description: 'The name that the server gives to the tool.', example: 'echo' })
  @IsString()
  readonly tool_name!: string;

  @ApiPropertyOptional({
    description: 'A template of its arguments; checked against the tool’s schema when the pipeline is saved.',
    example: { message: '${input.text}' },
    type: 'object',
    additionalProperties: true,
  })
  @IsOptional()
  @IsObject()
  readonly arguments?: JsonObject;
}

export class ApprovalDto {
  @ApiPropertyOptional({
    description: 'A template of what people are asked.',
    example: 'Publish ${stages.data-analysis.output.rows} rows?',
    maxLength: MESSAGE_MAX,
  })
  @IsOptional()
  @IsString()
  readonly message?: string;

  @ApiPropertyOptional({
    description: 'Who may answer: role:<role> or user:<id or name>. None: whoever may approve the pipeline.',
    example: ['role:operator', 'user:ada'],
    type: [String],
    maxItems: APPROVERS_MAX,
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  readonly approvers?: readonly string[];
}

export class SubPipelineDto {
  @ApiProperty({ description: 'The pipeline, by id or name.', example: 'clean-up' })
  @IsString()
  readonly pipeline!: string;

  @ApiPropertyOptional({
    description: 'One version of it; absent: the newest at the time.',
    example: 2,
    minimum: 1,
  })
  @IsOptional()
  @IsInt()
  readonly version?: number;

  @ApiPropertyOptional({
    description: 'A template of its input. Absent: the input of the stage.',
    example: { rows: '${stages.data-analysis.output.rows}' },
    oneOf: [{ type: 'object', additionalProperties: true }, { type: 'array', items: {} }, { type: 'string' }],
  })
  @IsOptional()
  @Allow()
  readonly input?: JsonValue;

  @ApiPropertyOptional({
    description: 'A template of its parameters. Absent: those of the outer run.',
    example: { batch_size: 100 },
    type: 'object',
    additionalProperties: true,
  })
  @IsOptional()
  @IsObject()
  readonly parameters?: JsonObject;
}
