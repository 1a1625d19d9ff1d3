import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { IfSent } from '@app/http';
import { type Workspace } from './workspace-rows';

const NAME = /^[a-z0-9](-?[a-z0-9]){0,62}$/;
const NAME_MAX = 63;
const DESCRIPTION_MAX = 4_000;
const NAME_MESSAGE = 'name must be of lower-case letters and digits, with single dashes between them';

export class CreateWorkspaceDto {
  @ApiProperty({
    description: 'Unique in the installation.',
    example: 'research',
    maxLength: NAME_MAX,
    pattern: NAME.source,
  })
  @Matches(NAME, { message: NAME_MESSAGE })
  @MaxLength(NAME_MAX)
  readonly name!: string;

  @ApiPropertyOptional({ description: 'For people.', example: 'Experiments.', maxLength: DESCRIPTION_MAX })
  @IfSent()
  @IsString()
  @MaxLength(DESCRIPTION_MAX)
  readonly description?: string;
}

export class UpdateWorkspaceDto {
  @ApiPropertyOptional({
    description: 'Unique in the installation.',
    example: 'research',
    maxLength: NAME_MAX,
    pattern: NAME.source,
  })
  @IfSent()
  @Matches(NAME, { message: NAME_MESSAGE })
  @MaxLength(NAME_MAX)
  readonly name?: string;

  @ApiPropertyOptional({ description: 'For people.', example: 'Experiments.', maxLength: DESCRIPTION_MAX })
  @IfSent()
  @IsString()
  @MaxLength(DESCRIPTION_MAX)
  readonly description?: string;
}

export class WorkspaceDto {
  @ApiProperty({ description: 'Id.', example: '00000000-0000-4000-8000-000000000001', format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ description: 'Name.', example: 'default' })
  readonly name!: string;

  @ApiProperty({ description: 'For people.', example: 'The first workspace.' })
  readonly description!: string;

  @ApiProperty({ description: 'When it was made.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({
    description: 'When it was changed last.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;

  static from({ id, name, description, createdAt, updatedAt }: Workspace): WorkspaceDto {
    return {
      ...{ id, name, description },
      ...{ created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() },
    };
  }
}

export class WorkspacePageDto {
  @ApiProperty({ description: 'By name.', type: [WorkspaceDto], example: [] })
  readonly workspaces!: readonly WorkspaceDto[];

  @ApiProperty({ description: 'Begins the next page.', example: null, nullable: true, type: String })
  readonly next_cursor!: string | null;
}
