import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldProblemDto {
  @ApiProperty({
    description: 'JSON pointer to the fault; `/query/<name>` for a parameter.',
    example: '/name',
  })
  readonly pointer!: string;

  @ApiProperty({ description: 'Stable code of the fault.', example: 'required' })
  readonly code!: string;

  @ApiProperty({ description: 'The fault in words.', example: 'name is required' })
  readonly detail!: string;
}

export class UpstreamProblemDto {
  @ApiProperty({ description: 'The MCP server that failed.', example: 'docs-search' })
  readonly server_name!: string;

  @ApiProperty({
    description: 'The layer that failed. Further values may be added.',
    enum: ['dns', 'tcp', 'tls', 'http', 'mcp', 'auth', 'timeout'],
    example: 'tcp',
  })
  readonly layer!: string;
}

/** RFC 9457 with our members: the body of every answer with a status of 400 or more. */
export class ProblemDto {
  @ApiProperty({
    description: 'Page of the problem, or `about:blank`.',
    format: 'uri-reference',
    example: '/problems/instance_name_taken',
  })
  readonly type!: string;

  @ApiProperty({ description: 'The same words for every case of this code.', example: 'The name is in use' })
  readonly title!: string;

  @ApiProperty({
    description: 'The HTTP status, repeated.',
    type: 'integer',
    minimum: 400,
    maximum: 599,
    example: 409,
  })
  readonly status!: number;

  @ApiProperty({
    description: 'What happened this time.',
    example: 'An instance named "docs-search" already exists.',
  })
  readonly detail!: string;

  @ApiProperty({ description: 'The path that was asked for.', example: '/api/v1/mcp/instances' })
  readonly instance!: string;

  @ApiProperty({ description: 'Stable code to branch on.', example: 'instance_name_taken' })
  readonly code!: string;

  @ApiPropertyOptional({
    description: 'What can be done about it.',
    example: 'Choose another name, or delete the instance that has it.',
  })
  readonly hint?: string;

  @ApiPropertyOptional({
    description: 'The page that explains the code.',
    example: '/problems/instance_name_taken',
  })
  readonly docs?: string;

  @ApiProperty({
    description: 'W3C trace id of the request.',
    example: '4bf92f3577b34da6a3ce929d0e0e4736',
  })
  readonly trace_id!: string;

  @ApiProperty({
    description: 'Id of the request; finds its lines in the log.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly request_id!: string;

  @ApiPropertyOptional({ description: 'All faults of the request at once.', type: [FieldProblemDto] })
  readonly errors?: readonly FieldProblemDto[];

  @ApiPropertyOptional({ description: 'The upstream that failed.', type: UpstreamProblemDto })
  readonly upstream?: UpstreamProblemDto;

  @ApiPropertyOptional({ description: 'The rate limit that was reached.', example: 'read' })
  readonly policy?: string;

  @ApiPropertyOptional({
    description: 'Whose limit it is: key, user, address, account, workspace or agent.',
    example: 'key',
  })
  readonly scope?: string;

  @ApiPropertyOptional({ description: 'What the quota counts.', example: 'instances' })
  readonly resource?: string;

  @ApiPropertyOptional({ description: 'How much of it is used.', example: 50, type: 'integer' })
  readonly used?: number;

  @ApiPropertyOptional({ description: 'How much there may be.', example: 50, type: 'integer' })
  readonly limit?: number;

  @ApiPropertyOptional({
    description: 'When it is counted anew; null for what is held.',
    example: '2026-11-22T00:00:00.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly reset?: string | null;
}
