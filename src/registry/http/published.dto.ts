import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsISO8601, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { type RegistryEntry } from '../domain/published-server';

const SEARCH_MAX = 200;
/** ISO 8601 knows weeks and days of the year as well, which the database does not. */
const RFC_3339 =
  /^[1-9]\d{3}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** Spelled as the registry's own document spells them. */
export class ListPublishedQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Part of the name.', example: 'weather', maxLength: SEARCH_MAX })
  @IsOptional()
  @IsString()
  @MaxLength(SEARCH_MAX)
  readonly search?: string;

  @ApiPropertyOptional({
    description: 'latest, or one version. Only what runs now is kept, so that every entry is the latest.',
    example: 'latest',
    maxLength: 255,
  })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  readonly version?: string;

  @ApiPropertyOptional({
    description: 'Only those that were changed since.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  @IsOptional()
  @Matches(RFC_3339, { message: 'updated_since must be an RFC 3339 time' })
  @IsISO8601({ strict: true, strictSeparator: true }, { message: 'updated_since must be an RFC 3339 time' })
  readonly updated_since?: string;

  @ApiPropertyOptional({
    description: 'Taken and without effect: what is gone is not kept.',
    example: false,
    type: Boolean,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'include_deleted must be true or false' })
  readonly include_deleted?: boolean;
}

export class PublishedServerDto {
  @ApiProperty({
    description: 'server.json of schema 2025-12-11.',
    type: 'object',
    additionalProperties: true,
    example: {
      name: 'com.example.quayside/weather',
      description: 'Weather of today.',
      version: '1.3.0',
      remotes: [{ type: 'streamable-http', url: 'https://quayside.example.com/servers/weather/mcp' }],
    },
  })
  readonly server!: object;

  @ApiProperty({
    description: 'What the registry knows of it.',
    type: 'object',
    additionalProperties: true,
    example: { quayside: { kind: 'instance', name: 'weather', public: false } },
  })
  readonly _meta!: object;

  static readonly from = ({ server, _meta }: RegistryEntry): PublishedServerDto => ({ server, _meta });
}

export class PublishedMetadataDto {
  @ApiProperty({ description: 'Entries of this page.', example: 1 })
  readonly count!: number;

  @ApiPropertyOptional({
    description: 'Where the next page begins; absent on the last one.',
    example: 'k1f0e9a2b7c4d.AQv3x0uJ2mC9',
  })
  readonly nextCursor?: string;
}

export class PublishedListDto {
  @ApiProperty({ description: 'By name.', type: [PublishedServerDto], example: [] })
  readonly servers!: readonly PublishedServerDto[];

  @ApiProperty({ description: 'About the page.', type: PublishedMetadataDto, example: { count: 0 } })
  readonly metadata!: PublishedMetadataDto;
}
