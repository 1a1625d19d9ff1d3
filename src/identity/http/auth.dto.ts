import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { type TokenGrant } from '../access-tokens/token-grants';
import { PASSWORD_MAX, PASSWORD_MIN } from '../passwords/password-rules';
import { USERNAME_PATTERN } from '../users/user';

/** Longer ones fit nothing; told apart from wrong ones, they say nothing about any user. */
const TYPED_MAX = 1_024;
const WORKSPACE_MAX = 64;

export class CredentialsDto {
  @ApiProperty({ description: 'The user name.', example: 'ada', maxLength: TYPED_MAX })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly username!: string;

  @ApiProperty({ description: 'The password.', example: 'seven grey herons', maxLength: TYPED_MAX })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly password!: string;

  @ApiPropertyOptional({
    description: 'Where to act, by id or name. Absent: the first workspace of the user.',
    example: 'default',
    maxLength: WORKSPACE_MAX,
  })
  @IsOptional()
  @IsString()
  @MaxLength(WORKSPACE_MAX)
  readonly workspace?: string;
}

export class RefreshDto {
  @ApiProperty({ description: 'The newest refresh token.', example: 'qsr_…', maxLength: TYPED_MAX })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly refresh_token!: string;
}

export class TokenDto {
  @ApiProperty({ description: 'To send as "Authorization: Bearer".', example: 'eyJhbGciOiJIUzI1NiJ9.e30.…' })
  readonly access_token!: string;

  @ApiProperty({ description: 'How to send it.', example: 'Bearer', enum: ['Bearer'] })
  readonly token_type!: string;

  @ApiProperty({ description: 'Seconds until it ends.', example: 900 })
  readonly expires_in!: number;

  @ApiProperty({
    description:
      'For the next pair, once. A second use ends the sign-in, but at once and from the same address.',
    example: 'qsr_…',
  })
  readonly refresh_token!: string;

  static from({ accessToken, expiresInS, refreshToken }: TokenGrant): TokenDto {
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresInS,
      refresh_token: refreshToken,
    };
  }
}

export class SessionDto {
  @ApiProperty({
    description: 'Who signed in; null: a key that is nobody’s.',
    example: '7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11',
    type: String,
    nullable: true,
  })
  readonly user_id!: string | null;

  @ApiProperty({
    description: 'The key that signed in; null: a user.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly key_id!: string | null;

  @ApiProperty({ description: 'By name: of the user, or of the key.', example: 'ada' })
  readonly username!: string;

  @ApiProperty({ description: 'Where.', example: '00000000-0000-4000-8000-000000000001' })
  readonly workspace_id!: string;

  @ApiProperty({ description: 'As what.', example: 'developer' })
  readonly role!: string;

  @ApiProperty({ description: 'Until when at the latest.', example: '2026-11-22T20:00:00.000Z' })
  readonly expires_at!: string;
}

export class SessionStateDto {
  @ApiProperty({ description: 'Whether the request came with the cookie of an open session.', example: true })
  readonly signed_in!: boolean;

  @ApiProperty({ description: 'Whose it is.', example: 'ada', type: String, nullable: true })
  readonly name!: string | null;
}

export class TicketDto {
  @ApiProperty({ description: 'For ?ticket= of the WebSocket, once.', example: 'pZ3v…' })
  readonly ticket!: string;

  @ApiProperty({ description: 'Until when.', example: '2026-11-21T20:00:30.000Z' })
  readonly expires_at!: string;
}

export class AdminLinkDto {
  @ApiProperty({
    description: 'Whoever opens it first becomes an administrator. Shown this once.',
    example: 'http://127.0.0.1:8080/console/welcome#token=…',
  })
  readonly url!: string;

  @ApiProperty({ description: 'Until when.', example: '2026-11-22T20:00:00.000Z' })
  readonly expires_at!: string;
}

export class FirstAdminDto {
  @ApiProperty({ description: 'What follows #token= in the link.', example: 'pZ3v…', maxLength: TYPED_MAX })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly token!: string;

  @ApiProperty({ description: 'The name to sign in with.', example: 'ada', pattern: USERNAME_PATTERN.source })
  @Matches(USERNAME_PATTERN, {
    message: 'username must be 1-63 lower-case letters, digits or . _ @ + -',
  })
  readonly username!: string;

  @ApiProperty({
    description: 'The password to sign in with.',
    example: 'seven grey herons',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
  })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly password!: string;
}
