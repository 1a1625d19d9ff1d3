import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsString,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IfSent } from '@app/http';
import { type Role, ROLES } from '../domain/permissions';
import { PASSWORD_MAX, PASSWORD_MIN } from '../passwords/password-rules';
import {
  DISPLAY_NAME_MAX,
  EMAIL_MAX,
  MEMBERSHIPS_MAX,
  type NewUser,
  type User,
  type UserChange,
  USERNAME_PATTERN,
} from '../users/user';

const WORKSPACE_MAX = 64;
const USERNAME_MESSAGE = 'username must be 1-63 lower-case letters, digits or . _ @ + -';

export class MembershipDto {
  @ApiProperty({ description: 'A workspace, by id or name.', example: 'default', maxLength: WORKSPACE_MAX })
  @IsString()
  @MaxLength(WORKSPACE_MAX)
  readonly workspace!: string;

  @ApiProperty({ description: 'What the user is in it.', example: 'developer', enum: ROLES })
  @IsIn(ROLES)
  readonly role!: Role;
}

export class UpdateUserDto {
  @ApiPropertyOptional({ description: 'For people.', example: 'Ada Lovelace', maxLength: DISPLAY_NAME_MAX })
  @IfSent()
  @IsString()
  @MaxLength(DISPLAY_NAME_MAX)
  readonly display_name?: string;

  @ApiPropertyOptional({
    description: 'Where to reach the user; null removes it.',
    example: 'ada@example.com',
    type: String,
    nullable: true,
    maxLength: EMAIL_MAX,
  })
  @ValidateIf(({ email }: UpdateUserDto) => email !== undefined && email !== null)
  @IsEmail()
  @MaxLength(EMAIL_MAX)
  readonly email?: string | null;

  @ApiPropertyOptional({
    description: 'A new password; every session of the user ends. Absent: the old one stays.',
    example: 'seven grey herons',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
  })
  @IfSent()
  @IsString()
  readonly password?: string;

  @ApiPropertyOptional({
    description: 'What the user is, and where; replaces what was there.',
    type: [MembershipDto],
    maxItems: MEMBERSHIPS_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(MEMBERSHIPS_MAX)
  @ValidateNested({ each: true })
  @Type(() => MembershipDto)
  readonly memberships?: readonly MembershipDto[];

  @ApiPropertyOptional({
    description: 'Whether the user is kept out: sessions end, keys stop to work, nothing is lost.',
    example: false,
  })
  @IfSent()
  @IsBoolean()
  readonly disabled?: boolean;
}

export class CreateUserDto {
  @ApiProperty({
    description: 'What the user signs in with.',
    example: 'ada',
    pattern: USERNAME_PATTERN.source,
  })
  @Matches(USERNAME_PATTERN, { message: USERNAME_MESSAGE })
  readonly username!: string;

  @ApiPropertyOptional({ description: 'For people.', example: 'Ada Lovelace', maxLength: DISPLAY_NAME_MAX })
  @IfSent()
  @IsString()
  @MaxLength(DISPLAY_NAME_MAX)
  readonly display_name?: string;

  @ApiPropertyOptional({
    description: 'Where to reach the user.',
    example: 'ada@example.com',
    maxLength: EMAIL_MAX,
  })
  @IfSent()
  @IsEmail()
  @MaxLength(EMAIL_MAX)
  readonly email?: string;

  @ApiPropertyOptional({
    description: 'Absent: the user signs in at another issuer only, until there is one.',
    example: 'seven grey herons',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
  })
  @IfSent()
  @IsString()
  readonly password?: string;

  @ApiProperty({
    description: 'What the user is, and where.',
    type: [MembershipDto],
    maxItems: MEMBERSHIPS_MAX,
  })
  @IsArray()
  @ArrayMaxSize(MEMBERSHIPS_MAX)
  @ValidateNested({ each: true })
  @Type(() => MembershipDto)
  readonly memberships!: readonly MembershipDto[];
}

export class UserMembershipDto {
  @ApiProperty({ description: 'The workspace.', example: '00000000-0000-4000-8000-000000000001' })
  readonly workspace_id!: string;

  @ApiProperty({ description: 'Its name.', example: 'default' })
  readonly workspace!: string;

  @ApiProperty({ description: 'What the user is in it.', example: 'developer', enum: ROLES })
  readonly role!: Role;
}

export class UserDto {
  @ApiProperty({ description: 'The id.', example: '7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11' })
  readonly id!: string;

  @ApiProperty({ description: 'What the user signs in with.', example: 'ada' })
  readonly username!: string;

  @ApiProperty({ description: 'For people.', example: 'Ada Lovelace' })
  readonly display_name!: string;

  @ApiProperty({
    description: 'Where to reach the user.',
    example: 'ada@example.com',
    type: String,
    nullable: true,
  })
  readonly email!: string | null;

  @ApiProperty({ description: 'Whether the user is kept out.', example: false })
  readonly disabled!: boolean;

  @ApiProperty({ description: 'Whether there is a password to sign in with.', example: true })
  readonly has_password!: boolean;

  @ApiProperty({ description: 'What the user is, and where.', type: [UserMembershipDto] })
  readonly memberships!: readonly UserMembershipDto[];

  @ApiProperty({ description: 'When the user was made.', example: '2026-11-21T20:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ description: 'When the user was last changed.', example: '2026-11-21T20:00:00.000Z' })
  readonly updated_at!: string;
}

export class UserPageDto {
  @ApiProperty({ description: 'The users of this page, by name.', type: [UserDto] })
  readonly users!: readonly UserDto[];

  @ApiProperty({
    description: 'Where the next page begins; null on the last.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly next_cursor!: string | null;
}

export const toChange = (dto: UpdateUserDto): UserChange => ({
  ...(dto.display_name === undefined ? {} : { displayName: dto.display_name }),
  ...(dto.email === undefined ? {} : { email: dto.email }),
  ...(dto.password === undefined ? {} : { password: dto.password }),
  ...(dto.memberships === undefined ? {} : { memberships: dto.memberships }),
  ...(dto.disabled === undefined ? {} : { disabled: dto.disabled }),
});

export const toNewUser = ({ username, ...rest }: CreateUserDto): NewUser => ({ username, ...toChange(rest) });

export const showUser = (user: User): UserDto => ({
  id: user.id,
  username: user.username,
  display_name: user.displayName,
  email: user.email,
  disabled: user.disabledAt !== null,
  has_password: user.hasPassword,
  memberships: user.memberships.map(({ workspaceId, workspace, role }) => ({
    ...{ workspace_id: workspaceId, workspace, role },
  })),
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
});
