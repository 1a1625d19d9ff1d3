import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type McpResourceTemplate } from '@app/mcp';
import { DegradedDto } from './degraded.dto';

export class ResourceTemplateDto {
  @ApiProperty({ description: 'The server that has it.', example: 'everything' })
  readonly server_name!: string;

  @ApiProperty({
    description: 'The address with its places to fill in (RFC 6570).',
    example: 'demo://resource/dynamic/text/{resourceId}',
  })
  readonly uri_template!: string;

  @ApiProperty({ description: 'Its name.', example: 'Dynamic Text Resource' })
  readonly name!: string;

  @ApiPropertyOptional({ description: 'A name for people.', example: 'A text by its number' })
  readonly title?: string;

  @ApiPropertyOptional({ description: 'What it is, in the words of the server.', example: 'A plain text' })
  readonly description?: string;

  @ApiPropertyOptional({ description: 'The media type of all that comes of it.', example: 'text/plain' })
  readonly mime_type?: string;

  static readonly from = ({
    serverName,
    item,
  }: {
    serverName: string;
    item: McpResourceTemplate;
  }): ResourceTemplateDto => {
    const { uriTemplate, name, title, description, mimeType } = item;
    return {
      ...{ server_name: serverName, uri_template: uriTemplate, name },
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(typeof mimeType === 'string' ? { mime_type: mimeType } : {}),
    };
  };
}

export class ResourceTemplateListDto {
  @ApiProperty({
    description: 'By server name, then in the order of the server.',
    type: [ResourceTemplateDto],
    example: [],
  })
  readonly resource_templates!: readonly ResourceTemplateDto[];

  @ApiProperty({ description: 'Servers that could not be asked.', type: [DegradedDto], example: [] })
  readonly degraded!: readonly DegradedDto[];
}
