import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Length, Matches } from 'class-validator';
import { type JsonValue } from '@app/kernel';
import { type McpPrompt } from '@app/mcp';
import { DegradedDto } from './degraded.dto';
import { IsTextMap } from './is-text-map';
import { SERVER_NAME, SERVER_NAME_MESSAGE } from './server-name.query';

const NAME_MAX = 256;

export class PromptDto {
  @ApiProperty({ description: 'The server that has it.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({ description: 'The name to get it by.', example: 'simple-prompt' })
  readonly name!: string;

  @ApiPropertyOptional({ description: 'A name for people.', example: 'Simple prompt' })
  readonly title?: string;

  @ApiPropertyOptional({
    description: 'What it is for, in the words of the server.',
    example: 'A prompt with no arguments',
  })
  readonly description?: string;

  @ApiProperty({
    description: 'What it takes.',
    example: [{ name: 'city', description: 'Name of the city', required: true }],
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  readonly arguments!: JsonValue;

  static readonly from = ({ serverName, item }: { serverName: string; item: McpPrompt }): PromptDto => {
    const { name, title, description, arguments: args } = item;
    return {
      ...{ server_name: serverName, name },
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      arguments: args ?? [],
    };
  };
}

export class PromptListDto {
  @ApiProperty({
    description: 'By server name, then in the order of the server.',
    type: [PromptDto],
    example: [],
  })
  readonly prompts!: readonly PromptDto[];

  @ApiProperty({ description: 'Servers that could not be asked.', type: [DegradedDto], example: [] })
  readonly degraded!: readonly DegradedDto[];
}

export class GetPromptDto {
  @ApiProperty({
    description: 'The name or the id of the instance.',
    example: 'everything',
    pattern: SERVER_NAME.source,
  })
  @Matches(SERVER_NAME, { message: SERVER_NAME_MESSAGE })
  readonly server_name!: string;

  @ApiProperty({
    description: 'The name of the prompt.',
    example: 'args-prompt',
    minLength: 1,
    maxLength: NAME_MAX,
  })
  @IsString()
  @Length(1, NAME_MAX)
  readonly prompt_name!: string;

  @ApiPropertyOptional({
    description: 'Its arguments; each is a text.',
    example: { city: 'Oslo' },
    type: 'object',
    additionalProperties: { type: 'string' },
    default: {},
  })
  @IsOptional()
  @IsObject()
  @IsTextMap()
  readonly arguments?: Readonly<Record<string, string>>;
}

export class PromptResultDto {
  @ApiProperty({ description: 'The server that was asked.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({ description: 'The prompt that was asked for.', example: 'args-prompt' })
  readonly prompt_name!: string;

  @ApiPropertyOptional({ description: 'What it is for.', example: 'A prompt with arguments' })
  readonly description?: string;

  @ApiProperty({
    description: 'The messages, as the server gives them.',
    example: [{ role: 'user', content: { type: 'text', text: 'How is the weather in Oslo?' } }],
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  readonly messages!: readonly JsonValue[];
}
