import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MaxLength } from 'class-validator';
import { type PinnedTool } from '../pins/pin.store';
import { type PinsView } from '../pins/pin-desk';

const TOOL_MAX = 512;
const SHA256 = /^[0-9a-f]{64}$/;
const EXAMPLE_SHA = 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184';
const EXAMPLE_TOOL = { name: 'read', description: 'Reads a file.', inputSchema: { type: 'object' } };

export class SetPinningDto {
  @ApiProperty({ description: 'Whether the tools of the instance are pinned.', example: true })
  @IsBoolean()
  readonly enabled!: boolean;
}

export class ApproveToolDto {
  @ApiProperty({ description: 'The tool, as the server names it.', example: 'read', maxLength: TOOL_MAX })
  @IsString()
  @MaxLength(TOOL_MAX)
  readonly tool!: string;

  @ApiProperty({
    description: 'Of the definition that was looked at: nothing else is approved.',
    example: EXAMPLE_SHA,
    pattern: SHA256.source,
  })
  @IsString()
  @Matches(SHA256, { message: 'sha256 must be 64 hexadecimal digits' })
  readonly sha256!: string;
}

export class ToolChangeDto {
  @ApiProperty({ description: 'Of the definition as RFC 8785 writes it.', example: EXAMPLE_SHA })
  readonly sha256!: string;
  @ApiProperty({
    description: 'What the server says of the tool now.',
    type: 'object',
    additionalProperties: true,
    example: EXAMPLE_TOOL,
  })
  readonly definition!: object;
  @ApiProperty({ description: 'When it was seen.', example: '2026-11-22T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
}

export class ToolPinDto {
  @ApiProperty({ description: 'The tool, as the server names it.', example: 'read' })
  readonly tool!: string;
  @ApiProperty({
    description:
      'Whether it says what was approved, or is not offered until somebody approves what it says now.',
    enum: ['approved', 'quarantined'],
    example: 'approved',
  })
  readonly state!: 'approved' | 'quarantined';
  @ApiProperty({ description: 'Of what was approved.', example: EXAMPLE_SHA })
  readonly sha256!: string;
  @ApiProperty({
    description: 'What was approved.',
    type: 'object',
    additionalProperties: true,
    example: EXAMPLE_TOOL,
  })
  readonly definition!: object;
  @ApiProperty({ description: 'When.', example: '2026-11-22T10:00:00.000Z', format: 'date-time' })
  readonly approved_at!: string;
  @ApiProperty({ description: 'Who; system:first-sight where nobody looked.', example: 'user:ana' })
  readonly approved_by!: string;
  @ApiProperty({
    description: 'What waits for an approval.',
    type: ToolChangeDto,
    nullable: true,
    example: null,
  })
  readonly change!: ToolChangeDto | null;

  static from(pin: PinnedTool): ToolPinDto {
    const { tool, sha256, definition, approvedAt, approvedBy, changedSha256, changedAt } = pin;
    const change =
      changedSha256 === null || changedAt === null
        ? null
        : { sha256: changedSha256, definition: pin.changedDefinition ?? {}, at: changedAt.toISOString() };
    return {
      ...{ tool, state: change === null ? 'approved' : 'quarantined', sha256, definition, change },
      ...{ approved_at: approvedAt.toISOString(), approved_by: approvedBy },
    };
  }
}

export class ToolPinsDto {
  @ApiProperty({ description: 'Whether the tools of the instance are pinned.', example: true })
  readonly enabled!: boolean;
  @ApiProperty({ description: 'Those in quarantine first, then by name.', type: [ToolPinDto], example: [] })
  readonly tools!: readonly ToolPinDto[];

  static from({ isOn, tools }: PinsView): ToolPinsDto {
    return { enabled: isOn, tools: tools.map((pin) => ToolPinDto.from(pin)) };
  }
}
