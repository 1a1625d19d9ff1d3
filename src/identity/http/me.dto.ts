import { ApiProperty } from '@nestjs/swagger';

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
    description: 'Every permission it holds: those of its role, cut down to the scopes of the key.',
    example: ['instances:read', 'tools:call'],
    type: [String],
  })
  readonly permissions!: readonly string[];
}
