import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IfSent } from '@app/http';
import { NAME_PATTERN } from '@app/kernel';
import {
  ENDPOINT_INSTANCES_MAX,
  ENDPOINT_PATTERNS_MAX,
  type Prefix,
  PREFIXES,
  type ToolOverride,
} from '../domain/virtual-endpoint';
import { type EndpointView } from '../queries/endpoint-view';
import { IsOverrideMap } from './is-override-map';

const DESCRIPTION_MAX = 2_000;

export class ToolSelectionDto {
  @ApiPropertyOptional({
    description: 'Only tools that fit one of these; * stands for any characters. Absent: every tool.',
    example: ['read_*', 'list_*'],
    type: [String],
    maxItems: ENDPOINT_PATTERNS_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(ENDPOINT_PATTERNS_MAX)
  @IsString({ each: true })
  readonly allow?: readonly string[];

  @ApiPropertyOptional({
    description: 'Never tools that fit one of these, whatever allow says.',
    example: ['delete_*'],
    type: [String],
    maxItems: ENDPOINT_PATTERNS_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(ENDPOINT_PATTERNS_MAX)
  @IsString({ each: true })
  readonly deny?: readonly string[];

  @ApiPropertyOptional({
    description: 'Other names, titles or descriptions, by <instance>__<tool>.',
    example: { 'docs-search__query': { name: 'search', description: 'Searches the documentation.' } },
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { name: { type: 'string' }, title: { type: 'string' }, description: { type: 'string' } },
      additionalProperties: false,
    },
  })
  @IfSent()
  @IsObject()
  @IsOverrideMap()
  readonly overrides?: Readonly<Record<string, ToolOverride>>;
}

export class UpdateEndpointDto {
  @ApiPropertyOptional({ description: 'For people.', example: 'Reading only', maxLength: DESCRIPTION_MAX })
  @IfSent()
  @IsString()
  @MaxLength(DESCRIPTION_MAX)
  readonly description?: string;

  @ApiPropertyOptional({
    description: 'Names of instances. They may be made later than the endpoint.',
    example: ['docs-search', 'everything'],
    type: [String],
    maxItems: ENDPOINT_INSTANCES_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(ENDPOINT_INSTANCES_MAX)
  @IsString({ each: true })
  readonly instances?: readonly string[];

  @ApiPropertyOptional({
    description: 'Which tools of these instances.',
    type: ToolSelectionDto,
    example: { deny: ['delete_*'] },
  })
  @IfSent()
  @IsObject()
  @ValidateNested()
  @Type(() => ToolSelectionDto)
  readonly tools?: ToolSelectionDto;

  @ApiPropertyOptional({
    description:
      'Whether the instance is part of a tool’s name: always, never, or unless there is one instance only.',
    example: 'auto',
    enum: PREFIXES,
  })
  @IfSent()
  @IsIn(PREFIXES)
  readonly prefix?: Prefix;
}

export class CreateEndpointDto extends UpdateEndpointDto {
  @ApiProperty({ description: 'Part of its address.', example: 'readers', pattern: NAME_PATTERN.source })
  @Matches(NAME_PATTERN, {
    message: 'name must be 1-63 lower-case letters, digits, dashes or single underscores',
  })
  readonly name!: string;

  @ApiProperty({
    description: 'Names of instances. They may be made later than the endpoint.',
    example: ['docs-search', 'everything'],
    type: [String],
    maxItems: ENDPOINT_INSTANCES_MAX,
  })
  @IsArray()
  @ArrayMaxSize(ENDPOINT_INSTANCES_MAX)
  @IsString({ each: true })
  override readonly instances!: readonly string[];
}

export class EndpointDto {
  @ApiProperty({ description: 'Its name.', example: 'readers' })
  readonly name!: string;

  @ApiProperty({ description: 'For people.', example: 'Reading only' })
  readonly description!: string;

  @ApiProperty({ description: 'Names of its instances.', example: ['docs-search'], type: [String] })
  readonly instances!: readonly string[];

  @ApiProperty({ description: 'Those of them that do not exist now.', example: [], type: [String] })
  readonly missing_instances!: readonly string[];

  @ApiProperty({
    description: 'Which tools of these instances.',
    type: ToolSelectionDto,
    example: { deny: ['delete_*'] },
  })
  readonly tools!: ToolSelectionDto;

  @ApiProperty({
    description: 'Whether the instance is part of a tool’s name.',
    example: 'auto',
    enum: PREFIXES,
  })
  readonly prefix!: Prefix;

  @ApiProperty({
    description: 'The MCP address of the endpoint.',
    example: 'http://localhost:8080/endpoints/readers/mcp',
  })
  readonly url!: string;

  @ApiProperty({ description: 'When it was made.', example: '2026-11-21T14:50:34.000Z', format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({
    description: 'When it was changed last.',
    example: '2026-11-21T14:50:34.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;

  static from(view: EndpointView, url: string, missing: readonly string[]): EndpointDto {
    const { name, description, instances, tools, prefix, createdAt, updatedAt } = view;
    return {
      ...{ name, description, instances, missing_instances: missing, tools, prefix, url },
      ...{ created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() },
    };
  }
}

export class EndpointPageDto {
  @ApiProperty({ description: 'By name.', type: [EndpointDto], example: [] })
  readonly endpoints!: readonly EndpointDto[];

  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}
