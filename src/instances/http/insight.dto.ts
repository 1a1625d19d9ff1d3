import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class HistoryEntryDto {
  @ApiProperty({ description: 'Id of the event.', example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52' })
  readonly id!: string;
  @ApiProperty({ description: 'What happened.', example: 'mcp.instance.running' })
  readonly name!: string;
  @ApiProperty({
    description: 'Other names of the same fact, in use elsewhere.',
    type: [String],
    example: [],
  })
  readonly aliases!: readonly string[];
  @ApiProperty({ description: 'When.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
  @ApiProperty({ description: 'Who.', example: 'key:k3v9q2xw71ab' })
  readonly actor!: string;
  @ApiProperty({
    description: 'Why, where a reason is known.',
    example: 'Answered the handshake; 3 tools.',
    nullable: true,
    type: String,
  })
  readonly reason!: string | null;
  @ApiProperty({ description: 'Generation it is about.', example: 1, nullable: true, type: 'integer' })
  readonly generation!: number | null;
  @ApiProperty({
    description: 'What the event carries.',
    type: 'object',
    additionalProperties: true,
    example: { phase: 'running' },
  })
  readonly data!: object;
}

export class HistoryDto {
  @ApiProperty({ description: 'Newest first.', type: [HistoryEntryDto], example: [] })
  readonly events!: readonly HistoryEntryDto[];
  @ApiProperty({ description: 'Where the next page starts.', example: null, nullable: true, type: String })
  readonly next_cursor!: string | null;
}

export class ReplicaStatsDto {
  @ApiProperty({ description: 'Which container.', example: 0, type: 'integer' })
  readonly replica!: number;
  @ApiProperty({ description: 'Processor time, 100 = one core.', example: 1.5 })
  readonly cpu_percent!: number;
  @ApiProperty({ description: 'Memory in use.', example: 28_311_552, type: 'integer' })
  readonly memory_bytes!: number;
  @ApiProperty({ description: 'Memory it may use.', example: 268_435_456, nullable: true, type: 'integer' })
  readonly memory_limit_bytes!: number | null;
  @ApiProperty({ description: 'Processes and threads.', example: 11, type: 'integer' })
  readonly pids!: number;
}

export class ProbeDto {
  @ApiProperty({ description: 'When.', example: '2026-11-22T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
  @ApiProperty({ description: 'Which container; 0 of a remote server.', example: 0, type: 'integer' })
  readonly replica!: number;
  @ApiProperty({ description: 'Whether it answered the handshake and listed its tools.', example: true })
  readonly ok!: boolean;
  @ApiProperty({
    description: 'How long it took, in milliseconds; null where it did not answer.',
    example: 12,
    nullable: true,
    type: 'integer',
  })
  readonly latency_ms!: number | null;
  @ApiProperty({ description: 'Why it was missed.', example: null, nullable: true, type: String })
  readonly reason!: string | null;
}

export class StatsDto {
  @ApiProperty({ description: 'One entry for each container.', type: [ReplicaStatsDto], example: [] })
  readonly replicas!: readonly ReplicaStatsDto[];
  @ApiProperty({
    description:
      'The last 90 probes of this generation, the oldest first; as far back as the process that makes them runs.',
    type: [ProbeDto],
    example: [],
  })
  readonly probes!: readonly ProbeDto[];
}

export class VariableDto {
  @ApiProperty({ description: 'Name.', example: 'API_KEY' })
  readonly name!: string;
  @ApiProperty({ description: 'Whether it is a secret.', example: true })
  readonly secret!: boolean;
  @ApiProperty({ description: 'Whether it has a value.', example: true })
  readonly set!: boolean;
  @ApiProperty({ description: 'Whether the definition knows it.', example: true })
  readonly declared!: boolean;
  @ApiProperty({ description: 'Whether it must have a value.', example: true })
  readonly required!: boolean;
  @ApiProperty({ description: 'Type of its values.', example: 'string' })
  readonly type!: string;
  @ApiProperty({ description: 'For people.', example: 'API key for external service' })
  readonly description!: string;
  @ApiPropertyOptional({ description: 'Its value, unless it is a secret.', example: '/tmp' })
  readonly value?: string;
  @ApiPropertyOptional({
    description: 'Where its value lies, when it is a secret.',
    example: 'secret_ref:shared:API_KEY',
  })
  readonly reference?: string;
}

export class EnvironmentDto {
  @ApiProperty({ description: 'All variables, declared or set.', type: [VariableDto], example: [] })
  readonly variables!: readonly VariableDto[];
}
