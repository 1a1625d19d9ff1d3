import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { AGENT_TYPES, type AgentType } from '../domain/agent';
import { CAPABILITIES_MAX, CAPABILITY_PATTERN } from '../domain/capability';
import { IsLabelMap, LABELS_MAX } from './is-label-map';

const DESCRIPTION_MAX = 2_000;
const URL_MAX = 2_048;
const MAX_TASKS = 1_000;
const MAX_CPU = 100_000;
const MEMORY_PATTERN = /^\d{1,12}(\.\d{1,3})?\s?([kKmMgGtTpP]i?)?[bB]?$/;

export class AgentEndpointsDto {
  @ApiPropertyOptional({
    description: 'Where tasks are sent, signed. Without it the agent asks for work itself.',
    example: 'http://agent:8080/task',
    maxLength: URL_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(URL_MAX)
  readonly task?: string;

  @ApiPropertyOptional({
    description: 'Asked for signs of life where there is no health endpoint.',
    example: 'http://agent:8080/status',
    maxLength: URL_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(URL_MAX)
  readonly status?: string;

  @ApiPropertyOptional({
    description: 'Asked for signs of life: a good answer counts as a heartbeat.',
    example: 'http://agent:8080/health',
    maxLength: URL_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(URL_MAX)
  readonly health?: string;
}

export class AgentResourcesDto {
  @ApiPropertyOptional({ description: 'Processor cores.', example: 4, minimum: 0, maximum: MAX_CPU })
  @IsOptional()
  @IsNumber({ allowInfinity: false, allowNaN: false })
  @Min(0)
  @Max(MAX_CPU)
  readonly cpu?: number;

  @ApiPropertyOptional({
    description: 'Memory, with its unit.',
    example: '8GB',
    pattern: MEMORY_PATTERN.source,
  })
  @IsOptional()
  @IsString()
  @Matches(MEMORY_PATTERN, { message: 'memory must be a number with a unit, such as 8GB' })
  readonly memory?: string;

  @ApiPropertyOptional({ description: 'Whether it has a graphics processor.', example: true })
  @IsOptional()
  @IsBoolean()
  readonly gpu?: boolean;
}

/** What can be said of an agent when it is registered and changed later. */
export class AgentContentDto {
  @ApiPropertyOptional({
    description: 'What it is for. Tasks go to workers, and to others only where a task names them.',
    example: 'worker',
    enum: AGENT_TYPES,
  })
  @IsOptional()
  @IsIn(AGENT_TYPES)
  readonly type?: AgentType;

  @ApiPropertyOptional({ description: 'For people.', example: 'Reads tables.', maxLength: DESCRIPTION_MAX })
  @IsOptional()
  @IsString()
  @MaxLength(DESCRIPTION_MAX)
  readonly description?: string;

  @ApiPropertyOptional({
    description: 'What it can do: lower-case words of letters, digits and . _ : / - between them.',
    example: ['task-execution', 'data-processing'],
    type: [String],
    maxItems: CAPABILITIES_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(CAPABILITIES_MAX)
  @Matches(CAPABILITY_PATTERN, {
    each: true,
    message:
      'capabilities must be 1-64 lower-case letters, digits, dots, dashes, underscores, colons or slashes',
  })
  readonly capabilities?: readonly string[];

  @ApiPropertyOptional({
    description: 'Where it can be reached; stored as sent, judged when somebody connects.',
    type: AgentEndpointsDto,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgentEndpointsDto)
  readonly endpoints?: AgentEndpointsDto;

  @ApiPropertyOptional({ description: 'What it has.', type: AgentResourcesDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AgentResourcesDto)
  readonly resources?: AgentResourcesDto;

  @ApiPropertyOptional({
    description: `Marks of your own, ${String(LABELS_MAX)} at most.`,
    example: { region: 'north' },
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  @IsOptional()
  @IsObject()
  @IsLabelMap()
  readonly labels?: Readonly<Record<string, string>>;

  @ApiPropertyOptional({
    description: 'How many tasks it takes at once.',
    example: 4,
    type: 'integer',
    minimum: 1,
    maximum: MAX_TASKS,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_TASKS)
  readonly max_tasks?: number;
}
