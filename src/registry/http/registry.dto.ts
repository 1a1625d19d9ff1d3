import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { REGISTRY_ACCESS } from '../../settings';
import { type MirrorEntry, type MirrorState } from '../mirror/mirror-rows';

const MIRROR_STATUSES = ['idle', 'running', 'succeeded', 'failed'] as const;
const KINDS = ['npm', 'pypi', 'oci', 'nuget', 'mcpb', 'remote'] as const;
const AT = '2026-11-21T10:00:00.000Z';
const TIME = { format: 'date-time', type: String, nullable: true, example: AT } as const;

export class MirrorDto {
  @ApiProperty({
    description: 'The registry that is copied; null: none is named in the settings.',
    example: 'https://registry.modelcontextprotocol.io',
    type: String,
    nullable: true,
  })
  readonly url!: string | null;
  @ApiProperty({ description: 'How the last look went.', enum: MIRROR_STATUSES, example: 'succeeded' })
  readonly status!: string;
  @ApiProperty({ description: 'The same in words.', example: '412 servers were read.' })
  readonly detail!: string;
  @ApiProperty({ description: 'When the last look began.', ...TIME })
  readonly started_at!: string | null;
  @ApiProperty({ description: 'How old the copy is: the start of the last look that succeeded.', ...TIME })
  readonly synced_at!: string | null;
  @ApiProperty({ description: 'Servers in the copy.', example: 412 })
  readonly entries!: number;
}

export class RegistryDto {
  @ApiProperty({
    description: 'Who may read what is published here.',
    enum: REGISTRY_ACCESS,
    example: 'authenticated',
  })
  readonly access!: string;
  @ApiProperty({
    description: 'The address that clients are given as their registry.',
    example: 'https://quayside.example.com',
  })
  readonly url!: string;
  @ApiProperty({
    description: 'What stands before the names of servers that are published here.',
    example: 'com.example.quayside',
  })
  readonly namespace!: string;
  @ApiProperty({
    description: 'The other registry, whose servers can be browsed.',
    type: MirrorDto,
    example: { url: null, status: 'idle', detail: '', started_at: null, synced_at: null, entries: 0 },
  })
  readonly mirror!: MirrorDto;
}

export const presentMirror = (url: string, state: MirrorState): MirrorDto => ({
  ...{ url: url === '' ? null : url, status: state.status, detail: state.detail, entries: state.entries },
  started_at: state.startedAt?.toISOString() ?? null,
  synced_at: state.syncedAt?.toISOString() ?? null,
});

export class ListEntriesQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Part of name, title or description.', example: 'weather' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly q?: string;

  @ApiPropertyOptional({ description: 'Only those that come like this.', enum: KINDS, example: 'oci' })
  @IsOptional()
  @IsIn(KINDS)
  readonly kind?: string;
}

export class EntrySummaryDto {
  @ApiProperty({ description: 'Its name.', example: 'io.github.example/weather' })
  readonly name!: string;
  @ApiProperty({ description: 'For people; may be empty.', example: 'Weather' })
  readonly title!: string;
  @ApiProperty({ description: 'In the words of whoever published it.', example: 'Weather of today.' })
  readonly description!: string;
  @ApiProperty({ description: 'Its latest version.', example: '1.4.2' })
  readonly version!: string;
  @ApiProperty({ description: 'What its registry says.', enum: ['active', 'deprecated'], example: 'active' })
  readonly status!: string;
  @ApiProperty({
    description: 'Kinds of its packages; remote: it can be reached somewhere.',
    type: [String],
    example: ['oci', 'remote'],
  })
  readonly kinds!: readonly string[];
  @ApiProperty({ description: 'When it was changed in its registry.', ...TIME })
  readonly updated_at!: string | null;
}

export class EntryDto extends EntrySummaryDto {
  @ApiProperty({
    description: 'Its server.json, as it was found: text of strangers. POST /api/v1/imports takes it.',
    type: 'object',
    additionalProperties: true,
    example: { name: 'io.github.example/weather', description: 'Weather of today.', version: '1.4.2' },
  })
  readonly server!: object;
}

export class EntryListDto {
  @ApiProperty({ description: 'By name.', type: [EntrySummaryDto], example: [] })
  readonly entries!: readonly EntrySummaryDto[];
  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}

export const presentSummary = ({
  document: _document,
  updatedAt,
  ...entry
}: MirrorEntry): EntrySummaryDto => ({
  ...entry,
  updated_at: updatedAt?.toISOString() ?? null,
});

export const presentEntry = (entry: MirrorEntry): EntryDto =>
  Object.assign(presentSummary(entry), { server: entry.document });
