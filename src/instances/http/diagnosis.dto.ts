import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type Check,
  type CheckStatus,
  type Diagnosis,
  type Fix,
  type FixInput,
  type FixRequest,
  type Verdict,
} from '../diagnosis/diagnosis';

const EXAMPLE_CAUSE =
  'The container ended by itself with exit code 1. Its last line was: API_KEY is required';

export class CheckDto implements Check {
  @ApiProperty({ description: 'What was checked, for programs.', example: 'environment' })
  readonly name!: string;
  @ApiProperty({ description: 'What was checked, for people.', example: 'Required variables have values' })
  readonly title!: string;
  @ApiProperty({
    description: 'How it went; skipped where it does not apply or could not be asked.',
    example: 'failed',
    enum: ['passed', 'failed', 'warning', 'skipped'],
  })
  readonly status!: CheckStatus;
  @ApiProperty({ description: 'False when it failed.', example: false })
  readonly ok!: boolean;
  @ApiProperty({ description: 'What was found.', example: 'API_KEY: required, and without a value.' })
  readonly detail!: string;
  @ApiProperty({
    description: 'Lines that show it, without secrets.',
    type: [String],
    example: ['API_KEY is required'],
  })
  readonly evidence!: readonly string[];
  @ApiProperty({ description: 'How long it took.', example: 12, type: 'integer' })
  readonly duration_ms!: number;
}

export class FixRequestDto implements FixRequest {
  @ApiProperty({ description: 'Its method.', example: 'PUT', enum: ['POST', 'PUT', 'PATCH'] })
  readonly method!: 'POST' | 'PUT' | 'PATCH';
  @ApiProperty({ description: 'Its path.', example: '/api/v1/mcp/instances/0f8c…/environment' })
  readonly path!: string;
  @ApiProperty({ description: 'What its caller must be allowed.', example: 'instances:update' })
  readonly permission!: string;
  @ApiProperty({
    description: 'Its body, before the input is put into it; null for none.',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: {},
  })
  readonly body!: FixRequest['body'];
}

export class FixInputDto implements FixInput {
  @ApiProperty({ description: 'Where in the body it goes (RFC 6901).', example: '/API_KEY' })
  readonly pointer!: string;
  @ApiProperty({ description: 'What is asked for.', example: 'API_KEY' })
  readonly label!: string;
  @ApiProperty({
    description: 'What kind of value it is; a secret is never shown again.',
    example: 'secret',
    enum: ['text', 'secret', 'integer'],
  })
  readonly type!: 'text' | 'secret' | 'integer';
  @ApiProperty({ description: 'For people.', example: 'Any text.' })
  readonly description!: string;
  @ApiProperty({ description: 'A value that may be right.', example: null, nullable: true, type: String })
  readonly suggestion!: string | null;
}

export class FixDto implements Fix {
  @ApiProperty({ description: 'What to do, for programs.', example: 'set_environment' })
  readonly action!: string;
  @ApiProperty({ description: 'What to do, for people.', example: 'Set API_KEY' })
  readonly label!: string;
  @ApiPropertyOptional({ description: 'What it is about.', example: 'API_KEY' })
  readonly target?: string;
  @ApiProperty({
    description: 'The request that does it; null where only a person can.',
    type: FixRequestDto,
    nullable: true,
  })
  readonly request!: FixRequestDto | null;
  @ApiProperty({
    description: 'What has to be said first; null where the request is complete.',
    type: FixInputDto,
    nullable: true,
  })
  readonly input!: FixInputDto | null;
}

export class DiagnosisDto implements Diagnosis {
  @ApiProperty({
    description:
      'healthy; found: there is a cause; waiting: it is on its way; unknown: it is red and no check says why.',
    example: 'found',
    enum: ['healthy', 'found', 'waiting', 'unknown'],
  })
  readonly verdict!: Verdict;
  @ApiProperty({ description: 'The verdict in one sentence.', example: EXAMPLE_CAUSE })
  readonly summary!: string;
  @ApiProperty({
    description: 'The first thing that is wrong.',
    example: EXAMPLE_CAUSE,
    nullable: true,
    type: String,
  })
  readonly cause!: string | null;
  @ApiProperty({
    description: 'The cause, for programs; docs/diagnose.md lists them.',
    example: 'instance_env_missing',
    nullable: true,
    type: String,
  })
  readonly code!: string | null;
  @ApiProperty({
    description: 'Lines that show the cause.',
    type: [String],
    example: ['API_KEY is required'],
  })
  readonly evidence!: readonly string[];
  @ApiProperty({ description: 'What would mend it.', type: FixDto, nullable: true, example: null })
  readonly fix!: FixDto | null;
  @ApiProperty({ description: 'In the order in which one needs the other.', type: [CheckDto], example: [] })
  readonly checks!: readonly CheckDto[];
}

export class BundleDto {
  @ApiProperty({ description: 'When.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly made_at!: string;
  @ApiProperty({
    description: 'The instance without values of variables.',
    type: 'object',
    additionalProperties: true,
    example: { name: 'docs-search' },
  })
  readonly instance!: object;
  @ApiProperty({ description: 'What the checks found.', type: DiagnosisDto })
  readonly diagnosis!: DiagnosisDto;
  @ApiProperty({
    description: 'What happened last, newest first.',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [],
  })
  readonly events!: readonly object[];
  @ApiProperty({ description: 'What it printed last.', type: [String], example: ['API_KEY is required'] })
  readonly output!: readonly string[];
}
