import { ApiProperty } from '@nestjs/swagger';
import { ROLES } from '../domain/permissions';

export class RoleDto {
  @ApiProperty({ description: 'Its name.', example: 'viewer', enum: ROLES })
  readonly name!: string;

  @ApiProperty({
    description: 'What it may do.',
    example: ['instances:read', 'tools:read'],
    type: [String],
  })
  readonly permissions!: readonly string[];
}

export class RoleListDto {
  @ApiProperty({ description: 'From most to least.', type: [RoleDto] })
  readonly roles!: readonly RoleDto[];
}
