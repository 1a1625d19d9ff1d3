import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;
const MAX_CURSOR_CHARACTERS = 4_096;
export const MAX_WAIT_S = 60;

/** The parameters of every list; a list adds its filters in a class that extends this one. */
export class ListQuery {
  @ApiPropertyOptional({
    description: 'Entries per page.',
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    example: DEFAULT_LIMIT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1, { message: 'limit must be at least 1' })
  @Max(MAX_LIMIT, { message: `limit must be at most ${MAX_LIMIT}` })
  readonly limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({
    description: 'The next_cursor of the page before; sent with the very same filters.',
    type: 'string',
    maxLength: MAX_CURSOR_CHARACTERS,
    example: 'k1f0e9a2b7c4d.AQv3x0uJ2mC9',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_CURSOR_CHARACTERS)
  readonly cursor?: string;
}

/** For requests that may wait until the work is done; `Prefer: wait=n` says the same. */
export class WaitQuery {
  @ApiPropertyOptional({
    description: 'Seconds to wait for the work to be done before answering.',
    type: 'integer',
    minimum: 0,
    maximum: MAX_WAIT_S,
    example: 30,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'wait must be a whole number of seconds' })
  @Min(0, { message: 'wait must be at least 0' })
  @Max(MAX_WAIT_S, { message: `wait must be at most ${MAX_WAIT_S} seconds` })
  readonly wait?: number;
}
