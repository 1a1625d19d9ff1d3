import { ApiProperty } from '@nestjs/swagger';
import { IsDefined } from 'class-validator';
import { type JsonValue } from '@app/kernel';
import { type SettingView } from '../settings-keeper';

const ANY_VALUE = {
  oneOf: [{ type: 'integer' }, { type: 'boolean' }, { type: 'string' }, { type: 'object' }],
};

export class PutSettingDto {
  @ApiProperty({
    description: 'The new value, within the bounds of the setting.',
    example: 900,
    ...ANY_VALUE,
  })
  @IsDefined()
  readonly value!: JsonValue;
}

export class SettingDto {
  @ApiProperty({ description: 'Its name.', example: 'gateway_max_staleness_s' })
  readonly name!: string;

  @ApiProperty({ description: 'What it is now.', example: 900, ...ANY_VALUE })
  readonly value!: JsonValue;

  @ApiProperty({ description: 'What it is until somebody sets it.', example: 900, ...ANY_VALUE })
  readonly default!: JsonValue;

  @ApiProperty({ description: 'Whether somebody set it.', example: false })
  readonly is_set!: boolean;

  @ApiProperty({
    description:
      'Its type; `choice` is one of the words in `bounds`, `limits` an object of numbers, null for no limit.',
    example: 'integer',
    enum: ['integer', 'boolean', 'choice', 'text', 'limits'],
  })
  readonly type!: string;

  @ApiProperty({ description: 'What values it takes, in words.', example: '60 to 86400' })
  readonly bounds!: string;

  @ApiProperty({ description: 'What it does.', example: 'How long keys in memory are believed.' })
  readonly description!: string;

  @ApiProperty({ description: 'Which part of the product looks at it.', example: 'identity, gateway' })
  readonly read_by!: string;

  @ApiProperty({
    description: 'When it was set last.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
    type: String,
    nullable: true,
  })
  readonly updated_at!: string | null;
}

export class SettingListDto {
  @ApiProperty({ description: 'Every stored setting.', type: [SettingDto], example: [] })
  readonly settings!: readonly SettingDto[];
}

export const presentSetting = ({ name, kind, value, version, updatedAt }: SettingView): SettingDto => ({
  ...{ name, value, default: kind.default, is_set: version > 0 },
  ...{ type: kind.type, bounds: kind.bounds, description: kind.description, read_by: kind.readBy },
  updated_at: updatedAt?.toISOString() ?? null,
});
