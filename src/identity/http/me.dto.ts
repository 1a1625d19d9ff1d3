import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { PASSWORD_MAX, PASSWORD_MIN } from '../passwords/password-rules';

const TYPED_MAX = 1_024;

export class MeDto {
  @ApiProperty({ description: 'The id of the identity.', example: 'k3v9q2xw71ab' })
  readonly id!: string;

  @ApiProperty({
    description: 'What kind of identity it is.',
    example: 'key',
    enum: ['key', 'user', 'agent', 'system'],
  })
  readonly kind!: string;

  @ApiProperty({ description: 'Its name, for people.', example: 'ci' })
  readonly name!: string;

  @ApiProperty({ description: 'Its role.', example: 'developer' })
  readonly role!: string;

  @ApiProperty({
    description: 'The key that was used.',
    example: 'k3v9q2xw71ab',
    type: String,
    nullable: true,
  })
  readonly key_id!: string | null;

  @ApiProperty({
    description: 'The one workspace it acts in.',
    example: '00000000-0000-4000-8000-000000000001',
  })
  readonly workspace_id!: string;

  @ApiProperty({
    description: 'The user behind it.',
    example: '7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11',
    type: String,
    nullable: true,
  })
  readonly user_id!: string | null;

  @ApiProperty({ description: 'The agent behind it.', example: null, type: String, nullable: true })
  readonly agent_id!: string | null;

  @ApiProperty({
    description: 'Every permission it holds: those of its role, cut down to the scopes of the key.',
    example: ['instances:read', 'tools:call'],
    type: [String],
  })
  readonly permissions!: readonly string[];
}

export class ChangePasswordDto {
  @ApiProperty({ description: 'The present one.', example: 'seven grey herons', maxLength: TYPED_MAX })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly current_password!: string;

  @ApiProperty({
    description: 'The next one.',
    example: 'nine green kettles',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
  })
  @IsString()
  @MaxLength(TYPED_MAX)
  readonly new_password!: string;
}
