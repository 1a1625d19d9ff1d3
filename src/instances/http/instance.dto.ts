import { INSTANCE_PHASES } from '@app/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { jsonSpecProperty } from './create-instance.dto';

export class ContainerDto {
  @ApiProperty({ description: 'Id given by the engine.', example: '3f2a9c5d1b7e' })
  readonly id!: string;
  @ApiProperty({ description: 'Image it runs.', example: 'mcp/filesystem:latest' })
  readonly image!: string;
  @ApiProperty({ description: 'Digest of the image.', example: 'sha256:9b2c…', nullable: true, type: String })
  readonly image_digest!: string | null;
  @ApiProperty({ description: 'Port inside.', example: 8001, nullable: true, type: 'integer' })
  readonly port!: number | null;
  @ApiProperty({
    description: 'Who runs it.',
    enum: ['docker', 'swarm', 'process', 'memory'],
    example: 'docker',
  })
  readonly engine!: string;
  @ApiPropertyOptional({
    description: 'Present where it serves one session of a client alone (session_isolation: per_session).',
    example: '9f2c41ab',
  })
  readonly session?: string;
}

export class LastErrorDto {
  @ApiProperty({ description: 'What went wrong.', example: 'exited 1' })
  readonly message!: string;
  @ApiProperty({ description: 'Exit code.', example: 1, nullable: true, type: 'integer' })
  readonly exit_code!: number | null;
  @ApiProperty({ description: 'Whether it ran out of memory.', example: false })
  readonly oom_killed!: boolean;
  @ApiProperty({ description: 'Its last lines of output.', example: ['API_KEY is required'], type: [String] })
  readonly output!: readonly string[];
  @ApiProperty({ description: 'When.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
}

export class InstanceDto {
  @ApiProperty({ description: 'Id.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly id!: string;
  @ApiProperty({ description: 'Name.', example: 'docs-search' })
  readonly name!: string;
  @ApiProperty({ description: 'For people.', example: 'Searches our documentation.' })
  readonly description!: string;
  @ApiProperty({
    description: 'Marks of its owners, by which lists are filtered.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { team: 'search' },
  })
  readonly labels!: Readonly<Record<string, string>>;
  @ApiProperty({
    description: 'The definition it was made from.',
    example: null,
    nullable: true,
    type: String,
  })
  readonly server_spec_id!: string | null;
  @ApiProperty({ description: 'The agent it was made for.', example: null, nullable: true, type: String })
  readonly agent_id!: string | null;
  @ApiProperty(jsonSpecProperty)
  readonly json_spec!: object;
  @ApiProperty({
    description: 'Variables that its definition does not declare.',
    example: [],
    type: [String],
  })
  readonly undeclared_environment!: readonly string[];
  @ApiProperty({ description: 'What it is doing.', enum: INSTANCE_PHASES, example: 'requested' })
  readonly status!: string;
  @ApiProperty({
    description: 'Why, in one sentence.',
    example: 'Accepted; the provisioner has not looked at it yet.',
  })
  readonly reason!: string;
  @ApiProperty({ description: 'Since when.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly since!: string;
  @ApiProperty({
    description: 'What is wanted.',
    enum: ['running', 'stopped', 'deleted'],
    example: 'running',
  })
  readonly desired_state!: string;
  @ApiProperty({
    description: 'Grows with each change that a container would notice.',
    example: 1,
    type: 'integer',
  })
  readonly generation!: number;
  @ApiProperty({ description: 'How many containers are wanted.', example: 1, type: 'integer' })
  readonly replicas!: number;
  @ApiProperty({
    description: 'Where its MCP endpoint is, behind our gateway.',
    example: '/servers/docs-search/mcp',
  })
  readonly endpoint!: string;
  @ApiPropertyOptional({ description: 'Its container (replica 0).', type: ContainerDto })
  readonly container?: ContainerDto;
  @ApiPropertyOptional({
    description: 'All containers, when there are several.',
    type: [ContainerDto],
    example: [],
  })
  readonly containers?: readonly ContainerDto[];
  @ApiProperty({ description: 'Starts tried since it was last healthy.', example: 0, type: 'integer' })
  readonly attempt!: number;
  @ApiProperty({
    description: 'When the next one is due.',
    example: null,
    nullable: true,
    type: String,
    format: 'date-time',
  })
  readonly next_attempt_at!: string | null;
  @ApiProperty({ description: 'Tools it offers, once known.', example: 3, nullable: true, type: 'integer' })
  readonly tools!: number | null;
  @ApiProperty({
    description: 'Which of the two generations of the protocol it speaks, once known.',
    enum: ['older', 'newer', null],
    example: 'newer',
    nullable: true,
    type: String,
  })
  readonly era!: string | null;
  @ApiProperty({
    description: 'Latency of the last probe in milliseconds.',
    example: 12,
    nullable: true,
    type: 'integer',
  })
  readonly latency_ms!: number | null;
  @ApiProperty({
    description: 'When it was last looked at.',
    example: null,
    nullable: true,
    type: String,
    format: 'date-time',
  })
  readonly last_checked_at!: string | null;
  @ApiPropertyOptional({ description: 'How the last failure looked.', type: LastErrorDto })
  readonly last_error?: LastErrorDto;
  @ApiPropertyOptional({
    description: 'How secrets reach its process.',
    enum: ['header', 'file', 'launcher', 'stdin', 'env'],
    example: 'launcher',
  })
  readonly secret_delivery?: string;
  @ApiPropertyOptional({
    description: 'Why not in a stronger way.',
    example: 'the engine does not share our files',
  })
  readonly secret_delivery_reason?: string;
  @ApiProperty({ description: 'When it was made.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly created_at!: string;
  @ApiProperty({
    description: 'When what is wanted last changed.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;
  @ApiPropertyOptional({
    description: 'The operation that carries out this change.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly operation_id?: string;
  @ApiPropertyOptional({ description: 'Nothing was changed.', example: false })
  readonly dry_run?: boolean;
  @ApiPropertyOptional({ description: 'For requests with service_name.', example: true })
  readonly success?: boolean;
  @ApiPropertyOptional({
    description: 'For requests with service_name: the id.',
    example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
  })
  readonly config_id?: string;
  @ApiPropertyOptional({
    description: 'For requests with service_name.',
    example: 'Instance "docs-search" was accepted.',
  })
  readonly message?: string;
}

export class InstanceListDto {
  @ApiProperty({ description: 'One page of instances.', type: [InstanceDto], example: [] })
  readonly instances!: readonly InstanceDto[];
  @ApiProperty({
    description: 'Where the next page starts; null on the last one.',
    example: null,
    nullable: true,
    type: String,
  })
  readonly next_cursor!: string | null;
  @ApiPropertyOptional({
    description: 'How many there are on all pages, where `count` asked.',
    example: 41,
    type: 'integer',
  })
  readonly total?: number;
}
