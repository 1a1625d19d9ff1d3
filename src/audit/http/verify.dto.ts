import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { type Anchor, type VerifyReport } from '../queries/verify-audit.query';
import { type Fault } from '../verify/fault';

const LINKS_DEFAULT = 1_000;
const LINKS_MAX = 5_000;

export class VerifyAuditDto {
  @ApiPropertyOptional({
    description: 'The number of the link to begin at: the next_sequence of the answer before.',
    type: 'integer',
    minimum: 1,
    default: 1,
    example: 1,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'from_sequence must be a whole number' })
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly from_sequence: number = 1;

  @ApiPropertyOptional({
    description: 'How many links to check at most.',
    type: 'integer',
    minimum: 1,
    maximum: LINKS_MAX,
    default: LINKS_DEFAULT,
    example: LINKS_DEFAULT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(LINKS_MAX)
  readonly limit: number = LINKS_DEFAULT;

  @ApiPropertyOptional({
    description: 'A head that an earlier answer gave, as <sequence>:<hash>: the chain must still have it.',
    example: `42:${'0f'.repeat(32)}`,
  })
  @IsOptional()
  @Matches(/^[1-9]\d{0,14}:[0-9a-f]{64}$/, { message: 'anchor must be <sequence>:<hash of 64 hex digits>' })
  readonly anchor?: string;
}

export class ChainHeadDto {
  @ApiProperty({ description: 'The number of the last link; 0: there is none.', example: 42 })
  readonly sequence!: number;

  @ApiProperty({ description: 'Its hash: keep it elsewhere, as an anchor.', example: '0f'.repeat(32) })
  readonly hash!: string;
}

export class AuditFaultDto {
  @ApiProperty({
    description: 'What is wrong.',
    example: 'altered',
    enum: ['altered', 'missing', 'inserted', 'reordered', 'unsealed', 'unverifiable'],
  })
  readonly fault!: string;

  @ApiProperty({
    description: 'Where: a row of changes, a row of calls, a link, or the summary of a segment.',
    example: 'audit',
    enum: ['audit', 'calls', 'link', 'segment'],
  })
  readonly of!: string;

  @ApiProperty({ description: 'The number of the link.', example: 17 })
  readonly sequence!: number;

  @ApiProperty({
    description: 'The row, where there is one and the caller may see it.',
    example: '0b1f5a52-52e8-4c39-8f4a-8e4c6a1f2b3c',
    type: String,
    nullable: true,
  })
  readonly row_id!: string | null;

  @ApiProperty({ description: 'The same in words.', example: 'Row 3 of 12 under link 17 is gone.' })
  readonly detail!: string;
}

export class ExportKeyDto {
  @ApiProperty({ description: 'Which key signs exports.', example: '5f0c2a9e11d4' })
  readonly id!: string;

  @ApiProperty({ description: 'How.', example: 'Ed25519' })
  readonly algorithm!: string;

  @ApiProperty({
    description: 'The public key, 32 bytes in base64url.',
    example: 'hqOH-31KlGRIXrKKZG1xZ8pO3Vb8mD9GtXS0pPPjyWo',
  })
  readonly public_key!: string;
}

export class AuditVerdictDto {
  @ApiProperty({
    description: 'Whether everything checked is as it was written.',
    example: 'intact',
    enum: ['intact', 'broken'],
  })
  readonly status!: string;

  @ApiProperty({ description: 'The first link of this answer.', example: 1 })
  readonly from_sequence!: number;

  @ApiProperty({ description: 'The last link that was found whole.', example: 42 })
  readonly last_sequence!: number;

  @ApiProperty({ description: 'How many links were recomputed.', example: 42 })
  readonly links!: number;

  @ApiProperty({ description: 'How many rows were recomputed.', example: 318 })
  readonly rows!: number;

  @ApiProperty({
    description: 'Where to go on; null: everything was checked.',
    example: null,
    type: Number,
    nullable: true,
  })
  readonly next_sequence!: number | null;

  @ApiProperty({ description: 'The end of the chain.', type: ChainHeadDto })
  readonly head!: ChainHeadDto;

  @ApiProperty({ description: 'The first thing that is wrong.', type: AuditFaultDto, nullable: true })
  readonly first_broken!: AuditFaultDto | null;

  @ApiProperty({ description: 'What exports of this installation are signed with.', type: ExportKeyDto })
  readonly export_key!: ExportKeyDto;

  static from(report: VerifyReport, key: ExportKeyDto, workspaceId: string | undefined): AuditVerdictDto {
    return {
      status: report.fault === undefined ? 'intact' : 'broken',
      from_sequence: report.fromSequence,
      last_sequence: report.lastSequence,
      links: report.links,
      rows: report.rows,
      next_sequence: report.nextSequence ?? null,
      head: report.head,
      first_broken: report.fault === undefined ? null : toFault(report.fault, workspaceId),
      export_key: key,
    };
  }
}

/** The chain is one for all workspaces, but which rows another one has is its own affair. */
const toFault = (
  { fault, of, sequence, rowId, workspaceId: owner, detail }: Fault,
  workspaceId: string | undefined,
): AuditFaultDto => ({
  ...{ fault, of, sequence, detail },
  row_id: workspaceId === undefined || workspaceId === owner ? (rowId ?? null) : null,
});

export function anchorOf(text: string | undefined): Anchor | undefined {
  const [sequence, hash] = text?.split(':') ?? [];
  return sequence === undefined || hash === undefined ? undefined : { sequence: Number(sequence), hash };
}
