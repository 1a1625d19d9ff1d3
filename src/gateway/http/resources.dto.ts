import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { type JsonValue } from '@app/kernel';
import { type McpResource } from '@app/mcp';
import { DegradedDto } from './degraded.dto';
import { SERVER_NAME, SERVER_NAME_MESSAGE } from './server-name.query';

const URI_MAX = 4_096;

export class ResourceDto {
  @ApiProperty({ description: 'The server that has it.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({
    description: 'Its address within that server.',
    example: 'demo://resource/static/document/1',
  })
  readonly uri!: string;

  @ApiProperty({ description: 'Its name.', example: 'Document 1' })
  readonly name!: string;

  @ApiPropertyOptional({ description: 'A name for people.', example: 'The first document' })
  readonly title?: string;

  @ApiPropertyOptional({ description: 'What it is, in the words of the server.', example: 'A plain text' })
  readonly description?: string;

  @ApiPropertyOptional({ description: 'Its media type.', example: 'text/plain' })
  readonly mime_type?: string;

  static readonly from = ({ serverName, item }: { serverName: string; item: McpResource }): ResourceDto => {
    const { uri, name, title, description, mimeType } = item;
    return {
      ...{ server_name: serverName, uri, name },
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(typeof mimeType === 'string' ? { mime_type: mimeType } : {}),
    };
  };
}

export class ResourceListDto {
  @ApiProperty({
    description: 'By server name, then in the order of the server.',
    type: [ResourceDto],
    example: [],
  })
  readonly resources!: readonly ResourceDto[];

  @ApiProperty({ description: 'Servers that could not be asked.', type: [DegradedDto], example: [] })
  readonly degraded!: readonly DegradedDto[];
}

export class ReadResourceDto {
  @ApiProperty({
    description: 'The name or the id of the instance.',
    example: 'everything',
    pattern: SERVER_NAME.source,
  })
  @Matches(SERVER_NAME, { message: SERVER_NAME_MESSAGE })
  readonly server_name!: string;

  @ApiProperty({
    description: 'The address of the resource within that server.',
    example: 'demo://resource/static/document/1',
    minLength: 1,
    maxLength: URI_MAX,
  })
  @IsString()
  @Length(1, URI_MAX)
  readonly uri!: string;
}

export class ResourceContentsDto {
  @ApiProperty({ description: 'The server that was asked.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({ description: 'The address that was read.', example: 'demo://resource/static/document/1' })
  readonly uri!: string;

  @ApiProperty({
    description: 'What the server answered, as it answered it.',
    example: [{ uri: 'demo://resource/static/document/1', mimeType: 'text/plain', text: 'hello' }],
    type: 'array',
    items: { type: 'object', additionalProperties: true },
  })
  readonly contents!: readonly JsonValue[];
}
