import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, Matches } from 'class-validator';

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

export class ToolsQuery extends ServerNameQuery {
  @ApiPropertyOptional({
    description:
      'As the servers show them to callers who can be asked on the way: some have tools for these alone. Call them with accept_input.',
    example: true,
    default: false,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  readonly accept_input?: boolean;
}
