import { ApiProperty } from '@nestjs/swagger';
import { type EffectiveSetting, SETTING_SOURCES } from '../configuration.options';

export class ConfigurationEntryDto {
  @ApiProperty({ description: 'The variable of the environment.', example: 'SERVER_PORT' })
  readonly name!: string;

  @ApiProperty({ description: 'What it belongs to.', example: 'Server' })
  readonly section!: string;

  @ApiProperty({ description: 'What it does.', example: 'The port of the HTTP API.' })
  readonly description!: string;

  @ApiProperty({
    description: 'What it is, without credentials; null where it is not set, and for secrets.',
    example: '8080',
    type: String,
    nullable: true,
  })
  readonly value!: string | null;

  @ApiProperty({ description: 'A secret is never shown.', example: false })
  readonly secret!: boolean;

  @ApiProperty({ description: 'Whether it has a value.', example: true })
  readonly is_set!: boolean;

  @ApiProperty({
    description:
      'Where the value comes from: the environment, a file that it names, the launcher, or the default.',
    example: 'environment',
    enum: SETTING_SOURCES,
  })
  readonly source!: string;
}

export class ConfigurationDto {
  @ApiProperty({ description: 'Every setting of this process.', type: [ConfigurationEntryDto] })
  readonly configuration!: readonly ConfigurationEntryDto[];
}

export const presentEntry = ({ isSet, ...entry }: EffectiveSetting): ConfigurationEntryDto => ({
  ...entry,
  is_set: isSet,
});
