import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { NAME_PATTERN } from '@app/kernel';
import { AgentContentDto } from './agent-content.dto';
import { AgentDto } from './agent.dto';

const URL_MAX = 2_048;
const NAME_MESSAGE = 'name must be 1-63 lower-case letters, digits, dashes or single underscores';

export class RegisterAgentDto extends AgentContentDto {
  @ApiPropertyOptional({
    description: 'Its name, unique in the workspace. Needed, unless the card says it.',
    example: 'data-processor',
    pattern: NAME_PATTERN.source,
  })
  @IsOptional()
  @IsString()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  readonly name?: string;

  @ApiPropertyOptional({
    description:
      'The address of an agent card to take over; what is sent beside it wins over what the card says.',
    example: 'https://agent.example.com/.well-known/agent-card.json',
    maxLength: URL_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(URL_MAX)
  readonly card_url?: string;
}

const WISHES = ['active', 'draining'] as const;

export class UpdateAgentDto extends AgentContentDto {
  @ApiPropertyOptional({
    description: 'draining: it gets nothing more; active: it gets tasks again.',
    example: 'active',
    enum: WISHES,
  })
  @IsOptional()
  @IsIn(WISHES)
  readonly status?: (typeof WISHES)[number];
}

/** The same for a new agent and one that comes again; only the first is told its token. */
export class RegisteredAgentDto extends AgentDto {
  @ApiPropertyOptional({
    description: 'The token of the agent itself. Shown once; absent when the agent was registered before.',
    example: 'qs_k3v9q2xw71ab_…',
  })
  readonly token?: string;

  @ApiPropertyOptional({
    description:
      'What the signature of each pushed task is checked with. Shown once, to agents that are pushed to.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  readonly signing_secret?: string;

  @ApiProperty({ description: 'Seconds between heartbeats, to begin with.', example: 5 })
  readonly heartbeat_interval_s!: number;

  @ApiProperty({
    description: 'Where heartbeats go.',
    example: 'http://localhost:8080/api/v1/agents/0b8f6f3e-6f0e-4f6b-9a51-0d3c64a0a001/heartbeat',
  })
  readonly heartbeat_url!: string;

  @ApiProperty({
    description: 'Where the agent asks for tasks.',
    example: 'http://localhost:8080/api/v1/agents/0b8f6f3e-6f0e-4f6b-9a51-0d3c64a0a001/lease',
  })
  readonly lease_url!: string;
}
