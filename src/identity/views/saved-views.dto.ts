import { ApiProperty } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { type SavedView } from './saved-views';

const PATH_MAX = 2_000;
/** Below the base of the console: neither another origin nor another scheme. */
const PATH = /^\/(?![/\\])[\x21-\x7e]*$/;

export class PutViewDto {
  @ApiProperty({
    description: 'The page with its filters and order, below the base of the console.',
    example: '/instances?status=failed&sort=name',
    pattern: PATH.source,
    maxLength: PATH_MAX,
  })
  @IsString()
  @MaxLength(PATH_MAX)
  @Matches(PATH, { message: 'path must begin with one slash and hold no blanks' })
  readonly path!: string;
}

export class SavedViewDto {
  @ApiProperty({ description: 'Its name, unique among those of the caller.', example: 'what failed' })
  readonly name!: string;

  @ApiProperty({ description: 'The page it leads to.', example: '/instances?status=failed&sort=name' })
  readonly path!: string;

  @ApiProperty({
    description: 'When it was saved first.',
    example: '2026-11-22T05:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
}

export class SavedViewListDto {
  @ApiProperty({ description: 'By name.', type: [SavedViewDto] })
  readonly views!: readonly SavedViewDto[];
}

export const presentView = ({ name, path, createdAt }: SavedView): SavedViewDto => ({
  ...{ name, path, created_at: createdAt.toISOString() },
});
