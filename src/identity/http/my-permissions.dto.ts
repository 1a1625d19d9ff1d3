import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PERMISSIONS } from '../domain/permissions';
import { RESOURCE } from '../grants/grants.dto';

export class ExplainQuery {
  @ApiPropertyOptional({
    description: 'The permission to be explained.',
    example: 'tools:call',
    enum: PERMISSIONS,
  })
  @IsOptional()
  @IsIn(PERMISSIONS)
  readonly explain?: string;

  @ApiPropertyOptional({
    description: 'What it is about: its type and its id or name.',
    example: 'instances:docs-search',
    pattern: RESOURCE.source,
  })
  @IsOptional()
  @Matches(RESOURCE, { message: 'resource must be instances:<id or name> or endpoints:<name>' })
  readonly resource?: string;
}

export class DecisionDto {
  @ApiProperty({ description: 'What was asked for.', example: 'tools:call' })
  readonly permission!: string;

  @ApiProperty({ description: 'About what.', example: 'instances:docs-search', nullable: true, type: String })
  readonly resource!: string | null;

  @ApiProperty({ description: 'Whether the caller may do it.', example: false })
  readonly allowed!: boolean;

  @ApiProperty({ description: 'Whether it exists for the caller.', example: true })
  readonly visible!: boolean;

  @ApiProperty({
    description: 'Why, in the order in which it was decided.',
    example: ['The role viewer does not hold tools:call.'],
    type: [String],
  })
  readonly because!: readonly string[];

  @ApiProperty({
    description: 'How a refusal is called.',
    example: 'permission_denied',
    nullable: true,
    type: String,
  })
  readonly code!: string | null;
}

export class MyPermissionsDto {
  @ApiProperty({ description: 'Every permission the caller holds.', example: ['tools:read'], type: [String] })
  readonly permissions!: readonly string[];

  @ApiPropertyOptional({ description: 'The decision that was asked for.', type: DecisionDto })
  readonly decision?: DecisionDto;
}
