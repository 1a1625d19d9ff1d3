import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { CHANGE_ACTIONS, type Change, type ChangeAction, type FieldChange } from '../domain/compare';
import { LISTED_KINDS } from '../domain/manifest';
import { MANIFEST_MAX_LENGTH } from '../queries/manifest-text';

export class PlanManifestDto {
  @ApiProperty({
    description:
      'YAML as GET /api/v1/export writes it. Kinds and members that it leaves out stay as they are.',
    example: 'quayside: v1\nendpoints:\n  - name: readers\n    instances: [docs-search]\n    prefix: auto\n',
    maxLength: MANIFEST_MAX_LENGTH,
  })
  @IsString()
  @MinLength(1)
  @MaxLength(MANIFEST_MAX_LENGTH)
  readonly content!: string;

  @ApiPropertyOptional({
    description: 'Whether what a list of the text does not name is to be deleted.',
    example: false,
    default: false,
  })
  @IsOptional()
  @IsBoolean()
  readonly prune?: boolean;
}

/** Any JSON value; named one by one, because a schema without a type says nothing to a generator. */
const ANY_VALUE = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ],
  nullable: true,
};

export class FieldChangeDto {
  @ApiProperty({ description: 'Where in the item.', example: '/json_spec/port' })
  readonly pointer!: string;
  @ApiProperty({ description: 'What stands there; null where nothing does.', example: 8001, ...ANY_VALUE })
  readonly before!: unknown;
  @ApiProperty({ description: 'What is wanted.', example: 8002, ...ANY_VALUE })
  readonly after!: unknown;

  static readonly from = ({ pointer, before, after }: FieldChange): FieldChangeDto => ({
    pointer,
    before,
    after,
  });
}

export class ChangeDto {
  @ApiProperty({
    description: 'What kind of thing.',
    enum: [...LISTED_KINDS, 'settings'],
    example: 'instances',
  })
  readonly kind!: string;
  @ApiProperty({ description: 'Its name.', example: 'docs-search' })
  readonly name!: string;
  @ApiProperty({ description: 'What has to be done.', enum: CHANGE_ACTIONS, example: 'update' })
  readonly action!: ChangeAction;
  @ApiProperty({
    description: 'What differs, of an update.',
    type: [FieldChangeDto],
    example: [{ pointer: '/json_spec/port', before: 8001, after: 8002 }],
  })
  readonly fields!: readonly FieldChangeDto[];
  @ApiProperty({
    description: 'Secrets that have to be given when it is made.',
    type: [String],
    example: ['API_KEY'],
  })
  readonly secrets!: readonly string[];
}

export class ManifestPlanDto {
  @ApiProperty({
    description: 'In an order in which it can be done.',
    type: [ChangeDto],
    example: [{ kind: 'instances', name: 'docs-search', action: 'unchanged', fields: [], secrets: [] }],
  })
  readonly changes!: readonly ChangeDto[];

  static from(changes: readonly Change[]): ManifestPlanDto {
    return {
      changes: changes.map((change) => ({ ...change, fields: change.fields.map(FieldChangeDto.from) })),
    };
  }
}
