import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { type ClientDefinition, KEY_VARIABLE } from '../clients';
import { type ConnectView } from '../queries/connect.query';

export class ConnectDto {
  @ApiProperty({
    description: 'The name of an instance or an endpoint, instance:<name>, endpoint:<name>, or all.',
    example: 'instance:docs-search',
  })
  @Matches(/^((instance|endpoint):)?[a-z0-9][a-z0-9_-]{0,62}$/, {
    message:
      'target must be "all", the name of an instance or an endpoint, "instance:<name>" or "endpoint:<name>"',
  })
  readonly target!: string;

  @ApiProperty({ description: 'The id of a client.', example: 'claude-code' })
  @Matches(/^[a-z0-9-]{1,40}$/, { message: 'client must be the id of a client' })
  readonly client!: string;
}

export class ClientFilesDto {
  @ApiPropertyOptional({ description: 'On macOS.', example: '~/.cursor/mcp.json' })
  readonly macos?: string;

  @ApiPropertyOptional({ description: 'On Linux.', example: '~/.cursor/mcp.json' })
  readonly linux?: string;

  @ApiPropertyOptional({ description: 'On Windows.', example: '%USERPROFILE%\\.cursor\\mcp.json' })
  readonly windows?: string;

  @ApiPropertyOptional({ description: 'Within a project.', example: '.cursor/mcp.json' })
  readonly project?: string;
}

export class ClientDto {
  @ApiProperty({ description: 'The id to ask by.', example: 'cursor' })
  readonly id!: string;

  @ApiProperty({ description: 'The name of the client.', example: 'Cursor' })
  readonly title!: string;

  @ApiProperty({
    description: 'What its configuration is written in.',
    example: 'json',
    enum: ['json', 'jsonc', 'toml', 'yaml'],
  })
  readonly format!: string;

  @ApiProperty({
    description: 'Where its configuration lies.',
    type: ClientFilesDto,
    example: { linux: '~/.cursor/mcp.json' },
  })
  readonly files!: ClientFilesDto;

  static readonly from = ({ id, title, format, userFile, projectFile }: ClientDefinition): ClientDto => {
    const project = projectFile === undefined ? {} : { project: projectFile };
    return { id, title, format, files: { ...userFile, ...project } };
  };
}

export class ClientListDto {
  @ApiProperty({ description: 'Every client there is a configuration for.', type: [ClientDto], example: [] })
  readonly clients!: readonly ClientDto[];
}

export class ConnectionDto {
  @ApiProperty({
    description: 'The client this is for.',
    type: ClientDto,
  })
  readonly client!: ClientDto;

  @ApiProperty({
    description: 'Under which name the server appears in the client.',
    example: 'quayside-docs-search',
  })
  readonly name!: string;

  @ApiProperty({ description: 'The MCP address.', example: 'http://localhost:8080/servers/docs-search/mcp' })
  readonly url!: string;

  @ApiProperty({
    description:
      'The text for the file. It never holds a key: there is a variable, a question, or a placeholder.',
    example: '{"mcpServers": {}}',
  })
  readonly config!: string;

  @ApiProperty({
    description:
      'How the key gets there: read from key_variable, asked for by the client, or pasted into the text.',
    example: 'environment',
    enum: ['environment', 'prompt', 'paste'],
  })
  readonly key!: string;

  @ApiPropertyOptional({
    description: 'The variable that the client reads the key from.',
    example: KEY_VARIABLE,
  })
  readonly key_variable?: string;

  @ApiPropertyOptional({ description: 'A command that does the same.', example: 'codex mcp add …' })
  readonly command?: string;

  @ApiPropertyOptional({
    description: 'A link that does the same; it holds no key.',
    example: 'vscode:mcp/install?…',
  })
  readonly deep_link?: string;

  @ApiProperty({
    description: 'What goes wrong when one does not know it.',
    example: ['There is no "type".'],
    type: [String],
  })
  readonly traps!: readonly string[];

  @ApiProperty({ description: 'Parts that no document of the maker confirms.', example: [], type: [String] })
  readonly unconfirmed!: readonly string[];

  static from({ client, target }: ConnectView): ConnectionDto {
    const { render, command, deepLink, key, traps, unconfirmed } = client;
    return {
      ...{ client: ClientDto.from(client), name: target.name, url: target.url, config: render(target), key },
      ...(key === 'environment' ? { key_variable: KEY_VARIABLE } : {}),
      ...(command === undefined ? {} : { command: command(target) }),
      ...(deepLink === undefined ? {} : { deep_link: deepLink(target) }),
      ...{ traps, unconfirmed: unconfirmed ?? [] },
    };
  }
}
