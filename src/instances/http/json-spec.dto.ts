import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

/* These classes describe `json_spec` for readers; it is judged by the strict schemas of `spec/`, which know the merge. */

export class ResourcesDto {
  @ApiPropertyOptional({ description: 'Memory, in the spelling of Docker.', example: '256m' })
  readonly memory_limit?: string;

  @ApiPropertyOptional({ description: 'Cores, as text.', example: '0.5' })
  readonly cpu_limit?: string;

  @ApiPropertyOptional({ description: 'Processes and threads.', example: 128, type: 'integer' })
  readonly pids_limit?: number;
}

export class SpecHealthCheckDto {
  @ApiPropertyOptional({ description: 'Path that is asked over HTTP.', example: '/health' })
  readonly path?: string;

  @ApiPropertyOptional({ description: 'Seconds between two checks.', example: 30 })
  readonly interval?: number;

  @ApiPropertyOptional({ description: 'Seconds a check may take.', example: 10 })
  readonly timeout?: number;
}

const environment = {
  description: 'Variables; the values of secret ones go to the store and are shown as references.',
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { API_KEY: 'secret_ref:instance_123:API_KEY' },
} as const;

const restartOnRotate = {
  description: 'Whether a new version of a secret that it refers to without a version starts it again.',
  default: false,
  example: false,
} as const;

export class NetworkDto {
  @ApiPropertyOptional({
    description: 'What the container may reach: nothing.',
    enum: ['none'],
    example: 'none',
  })
  readonly egress?: string;
}

export class DockerSpecDto {
  @ApiProperty({ description: 'A container.', enum: ['docker'], example: 'docker' })
  readonly type!: 'docker';

  @ApiPropertyOptional({
    description: 'Image reference; taken from the template when absent.',
    example: 'mcp/filesystem:latest',
  })
  readonly image?: string;

  @ApiPropertyOptional({ description: 'Port inside the container.', example: 8001, type: 'integer' })
  readonly port?: number;

  @ApiPropertyOptional(environment)
  readonly environment?: Record<string, string>;

  @ApiPropertyOptional({
    description: 'Program and arguments.',
    example: ['python', '-m', 'mcp_filesystem'],
    type: [String],
  })
  readonly command?: string[];

  @ApiPropertyOptional({
    description: 'Limits.',
    type: ResourcesDto,
    example: { memory_limit: '256m', cpu_limit: '0.5' },
  })
  readonly resources?: ResourcesDto;

  @ApiPropertyOptional({
    description: 'How health is checked beside the protocol.',
    type: SpecHealthCheckDto,
  })
  readonly health_check?: SpecHealthCheckDto;

  @ApiPropertyOptional({
    description: 'How the server speaks.',
    enum: ['streamable-http', 'sse', 'stdio'],
    example: 'streamable-http',
  })
  readonly transport?: string;

  @ApiPropertyOptional({
    description: 'Network of the container.',
    type: NetworkDto,
    example: { egress: 'none' },
  })
  readonly network?: NetworkDto;

  @ApiPropertyOptional({ description: 'Path of the MCP endpoint; /mcp, or /sse for sse.', example: '/mcp' })
  readonly mcp_path?: string;

  @ApiPropertyOptional({ description: 'Seconds a call may take.', example: 30 })
  readonly timeout?: number;

  @ApiPropertyOptional(restartOnRotate)
  readonly restart_on_rotate?: boolean;

  @ApiPropertyOptional({
    description: 'Whether its callers share one process, where it speaks over standard streams.',
    enum: ['shared', 'per_session'],
    example: 'shared',
  })
  readonly session_isolation?: string;

  @ApiPropertyOptional({
    description: 'Processes of their own at once, with per_session.',
    minimum: 1,
    maximum: 64,
    default: 8,
    example: 8,
  })
  readonly max_sessions?: number;

  @ApiPropertyOptional({
    description: 'Stronger ways to give it its secrets that it understands.',
    enum: ['header', 'file'],
    isArray: true,
    example: ['file'],
  })
  readonly secret_delivery?: string[];
}

@ApiExtraModels(SpecHealthCheckDto)
export class UrlSpecDto {
  @ApiProperty({ description: 'A remote server.', enum: ['url'], example: 'url' })
  readonly type!: 'url';

  @ApiPropertyOptional({
    description: 'Address of the MCP endpoint; taken from the template when absent.',
    example: 'https://api.example.com/mcp',
  })
  readonly endpoint?: string;

  @ApiPropertyOptional({
    description: 'A path, or an object with path, interval and timeout.',
    oneOf: [{ type: 'string' }, { $ref: getSchemaPath(SpecHealthCheckDto) }],
    example: { path: '/health', interval: 30, timeout: 10 },
  })
  readonly health_check?: SpecHealthCheckDto | string;

  @ApiPropertyOptional({ description: 'Seconds a call may take.', example: 30 })
  readonly timeout?: number;

  @ApiPropertyOptional({
    description:
      'none, bearer (token), or oauth2_client_credentials (client_id, client_secret, scopes; token_url, or it is discovered).',
    type: 'object',
    additionalProperties: true,
    example: { type: 'bearer', token: 'secret_ref:instance_123:AUTH_TOKEN' },
  })
  readonly authentication?: Record<string, unknown>;

  @ApiPropertyOptional({
    description: 'Headers of every request; values that could be secret go to the store.',
    type: 'array',
    items: { type: 'object', properties: { key: { type: 'string' }, value: { type: 'string' } } },
    example: [{ key: 'User-Agent', value: 'Gateway/1.0' }],
  })
  readonly headers?: readonly { key: string; value: string }[];

  @ApiPropertyOptional({
    description: 'How the server speaks.',
    enum: ['streamable-http', 'sse'],
    example: 'streamable-http',
  })
  readonly transport?: string;
}

export class StdioSpecDto {
  @ApiProperty({ description: 'A server that ships with us.', enum: ['stdio'], example: 'stdio' })
  readonly type!: 'stdio';

  @ApiPropertyOptional({
    description: 'Its name; taken from the template when absent.',
    example: 'everything',
  })
  readonly command?: string;

  @ApiPropertyOptional({ description: 'Arguments; none begins with "-".', example: [], type: [String] })
  readonly args?: string[];

  @ApiPropertyOptional(environment)
  readonly environment?: Record<string, string>;

  @ApiPropertyOptional({ description: 'Limits.', type: ResourcesDto, example: { memory_limit: '256m' } })
  readonly resources?: ResourcesDto;

  @ApiPropertyOptional({ description: 'How often and how long it is asked.', type: SpecHealthCheckDto })
  readonly health_check?: SpecHealthCheckDto;

  @ApiPropertyOptional({ description: 'Seconds a call may take.', example: 30 })
  readonly timeout?: number;

  @ApiPropertyOptional(restartOnRotate)
  readonly restart_on_rotate?: boolean;

  @ApiPropertyOptional({
    description: 'Whether its callers share one process, where it speaks over standard streams.',
    enum: ['shared', 'per_session'],
    example: 'shared',
  })
  readonly session_isolation?: string;

  @ApiPropertyOptional({
    description: 'Processes of their own at once, with per_session.',
    minimum: 1,
    maximum: 64,
    default: 8,
    example: 8,
  })
  readonly max_sessions?: number;
}
