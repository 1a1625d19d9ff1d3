import { Module } from '@nestjs/common';
import { ConfigurationController } from './http/configuration.controller';
import { SettingsController } from './http/settings.controller';
import { SettingRows } from './persistence/setting-rows';
import { StoredSettings } from './settings-in-memory';
import { SettingsKeeper } from './settings-keeper';

/** For whoever reads settings. */
@Module({ providers: [SettingRows, StoredSettings], exports: [SettingRows, StoredSettings] })
export class SettingsModule {}

@Module({
  imports: [SettingsModule],
  controllers: [SettingsController, ConfigurationController],
  providers: [SettingsKeeper],
})
export class SettingsApiModule {}
