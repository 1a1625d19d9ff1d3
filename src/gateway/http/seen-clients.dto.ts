import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Visitor } from '../visitors/visitor';

export class SeenClientDto {
  @ApiProperty({
    description: 'Where it came: "all", "instance:<name>" or "endpoint:<name>".',
    example: 'instance:docs-search',
  })
  readonly target!: string;

  @ApiProperty({ description: 'The key or user that it came with.', example: 'laptop of ana' })
  readonly caller!: string;

  @ApiProperty({
    description: 'What it calls itself; nobody checks that. Empty where it was met in the middle.',
    example: 'claude-code',
  })
  readonly client_name!: string;

  @ApiProperty({ description: 'The version that it names.', example: '2.1.0' })
  readonly client_version!: string;

  @ApiProperty({ description: 'The revision of MCP that it speaks.', example: '2025-11-25' })
  readonly protocol_version!: string;

  @ApiProperty({
    description: 'When it introduced itself last.',
    example: '2026-11-22T06:00:00.000Z',
    format: 'date-time',
  })
  readonly connected_at!: string;

  @ApiProperty({
    description: 'When something was last heard of it; not each call is noted.',
    example: '2026-11-22T06:00:02.000Z',
    format: 'date-time',
  })
  readonly last_seen_at!: string;

  @ApiPropertyOptional({
    description: 'When it asked for the tools, since it introduced itself.',
    example: '2026-11-22T06:00:01.000Z',
    format: 'date-time',
  })
  readonly tools_listed_at?: string;

  @ApiPropertyOptional({
    description: 'When it called a tool, since it introduced itself.',
    example: '2026-11-22T06:00:02.000Z',
    format: 'date-time',
  })
  readonly called_at?: string;

  @ApiPropertyOptional({ description: 'The tool of that call.', example: 'echo' })
  readonly tool_name?: string;

  static readonly from = (visitor: Visitor): SeenClientDto => {
    const { connectedAtMs, seenAtMs, toolsListedAtMs, calledAtMs, tool } = visitor;
    return {
      ...{ target: targetOf(visitor), caller: visitor.principalName },
      ...{ client_name: visitor.client, client_version: visitor.clientVersion },
      ...{ protocol_version: visitor.protocolVersion },
      ...{ connected_at: timeOf(connectedAtMs), last_seen_at: timeOf(seenAtMs) },
      ...(toolsListedAtMs < connectedAtMs ? {} : { tools_listed_at: timeOf(toolsListedAtMs) }),
      ...(calledAtMs < connectedAtMs ? {} : { called_at: timeOf(calledAtMs), tool_name: tool }),
    };
  };
}

export class SeenClientListDto {
  @ApiProperty({ description: 'The one that was seen last comes first.', type: [SeenClientDto], example: [] })
  readonly clients!: readonly SeenClientDto[];
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

const targetOf = ({ face, name }: Visitor): string =>
  face === 'all' ? 'all' : `${face === 'server' ? 'instance' : 'endpoint'}:${name}`;
