import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PATTERN_MAX_LENGTH } from '@app/kernel';
import { RESOURCE_TYPES, type ResourceType, SUBJECT_KINDS, type SubjectKind } from '../domain/grant';
import { PERMISSIONS } from '../domain/permissions';
import { GRANTS_MAX, TOOL_PATTERNS_MAX, type WantedGrant } from './grant-rules';
import { type GrantedResource } from './grants';

const SUBJECT_MAX = 64;
const TYPES = RESOURCE_TYPES;
const RESOURCE = /^(instances|endpoints|pipelines):[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

export class GrantsQuery {
  @ApiProperty({
    description: 'What the grants are about: its type and its id or name.',
    example: 'instances:docs-search',
    pattern: RESOURCE.source,
  })
  @Matches(RESOURCE, {
    message: 'resource must be instances:<id or name>, endpoints:<name> or pipelines:<id or name>',
  })
  readonly resource!: string;
}

export class GrantTargetParams {
  @ApiProperty({ description: 'What kind of thing it is.', example: 'instances', enum: TYPES })
  @IsIn(TYPES)
  readonly type!: ResourceType;

  @ApiProperty({ description: 'Its id or its name.', example: 'docs-search' })
  @IsString()
  @MaxLength(SUBJECT_MAX)
  readonly resource!: string;
}

export class GrantDto {
  @ApiProperty({ description: 'Whom it is for.', example: 'role', enum: SUBJECT_KINDS })
  @IsIn(SUBJECT_KINDS)
  readonly subject_kind!: SubjectKind;

  @ApiProperty({
    description: 'The role, or the id of the user or key.',
    example: 'developer',
    maxLength: SUBJECT_MAX,
  })
  @IsString()
  @MaxLength(SUBJECT_MAX)
  readonly subject!: string;

  @ApiProperty({
    description: 'What of its own permissions the subject may use here.',
    example: ['tools:read', 'tools:call'],
    type: [String],
    maxItems: PERMISSIONS.length,
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(PERMISSIONS.length)
  @IsString({ each: true })
  readonly permissions!: readonly string[];

  @ApiPropertyOptional({
    description:
      'Patterns of original names of tools, whatever an endpoint calls them; left out: every tool.',
    example: ['read_*'],
    type: [String],
    maxItems: TOOL_PATTERNS_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(TOOL_PATTERNS_MAX)
  @IsString({ each: true })
  @MaxLength(PATTERN_MAX_LENGTH, { each: true })
  readonly tools?: readonly string[];
}

export class PutGrantsDto {
  @ApiProperty({
    description: 'All of them: what is not in the list is taken back. None: open to the workspace by role.',
    type: [GrantDto],
    maxItems: GRANTS_MAX,
    example: [{ subject_kind: 'role', subject: 'developer', permissions: ['tools:read', 'tools:call'] }],
  })
  @IsArray()
  @ArrayMaxSize(GRANTS_MAX)
  @ValidateNested({ each: true })
  @Type(() => GrantDto)
  readonly grants!: readonly GrantDto[];
}

export class StoredGrantDto extends GrantDto {
  @ApiProperty({ description: 'Who gave it.', example: 'user:8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly created_by!: string;

  @ApiProperty({ description: 'When.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly created_at!: string;
}

export class GrantListDto {
  @ApiProperty({ description: 'What kind of thing it is.', example: 'instances', enum: TYPES })
  readonly resource_type!: string;

  @ApiProperty({
    description: 'The id of an instance, the name of an endpoint.',
    example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
  })
  readonly resource_id!: string;

  @ApiProperty({ description: 'Its name.', example: 'docs-search' })
  readonly name!: string;

  @ApiProperty({
    description: 'Who may use it besides administrators; none: the whole workspace, by role.',
    type: [StoredGrantDto],
    example: [],
  })
  readonly grants!: readonly StoredGrantDto[];

  static from({ resource, grants }: GrantedResource): GrantListDto {
    return {
      resource_type: resource.type,
      resource_id: resource.id,
      name: resource.name,
      grants: grants.map(({ subjectKind, subject, permissions, tools, createdBy, createdAt }) => ({
        ...{ subject_kind: subjectKind, subject, permissions },
        ...(tools === undefined ? {} : { tools }),
        ...{ created_by: createdBy, created_at: createdAt.toISOString() },
      })),
    };
  }
}

export const toWanted = ({
  subject_kind: subjectKind,
  subject,
  permissions,
  tools,
}: GrantDto): WantedGrant => ({
  ...{ subjectKind, subject, permissions },
  ...(tools === undefined ? {} : { tools }),
});

/** `instances:docs-search`, as a question or a list names it. */
export function splitResource(text: string): readonly [type: ResourceType, idOrName: string] {
  const at = text.indexOf(':');
  return [text.slice(0, at) as ResourceType, text.slice(at + 1)];
}
export { RESOURCE };
