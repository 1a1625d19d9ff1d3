import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';

/** Longer ones fit nothing; told apart from wrong ones, they say nothing about any user. */
const TYPED_MAX = 1_024;
const WORKSPACE_MAX = 64;

const withoutKey = ({ api_key: key }: SessionCredentialsDto): boolean => key === undefined;

/** A user name with a password, or a key alone. */
export class SessionCredentialsDto {
  @ApiPropertyOptional({ description: 'The user name.', example: 'ada', maxLength: TYPED_MAX })
  @ValidateIf(withoutKey)
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly username?: string;

  @ApiPropertyOptional({ description: 'The password.', example: 'seven grey herons', maxLength: TYPED_MAX })
  @ValidateIf(withoutKey)
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly password?: string;

  @ApiPropertyOptional({
    description: 'Where to act, by id or name. Absent: the first workspace of the user.',
    example: 'default',
    maxLength: WORKSPACE_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(WORKSPACE_MAX)
  readonly workspace?: string;

  @ApiPropertyOptional({
    description: 'A key in place of the other three. The session may what the key may, and ends with it.',
    example: 'qs_…',
    maxLength: TYPED_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(TYPED_MAX)
  @ValidateIf((body: SessionCredentialsDto) => body.api_key !== undefined)
  readonly api_key?: string;
}
