import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

/** A name or an id of an instance. */
export const SERVER_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const SERVER_NAME_MESSAGE = 'server_name must be the name or the id of an instance';

export class ServerNameQuery {
  @ApiPropertyOptional({
    description: 'One server only; its name or its id.',
    example: 'docs-search',
    pattern: SERVER_NAME.source,
  })
  @IsOptional()
  @Matches(SERVER_NAME, { message: SERVER_NAME_MESSAGE })
  readonly server_name?: string;
}
