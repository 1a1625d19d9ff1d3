export { ConfigurationOptions, type EffectiveSetting, type SettingSource } from './configuration.options';
export { limitFaults, type Limits, type RatePolicy } from './domain/setting-kinds';
export { StoredSettings } from './settings-in-memory';
export { SettingsApiModule, SettingsModule } from './settings.module';
export {
  isSettingName,
  QUOTA_RESOURCES,
  type QuotaResource,
  REGISTRY_ACCESS,
  SETTING_NAMES,
  type SettingName,
  SETTINGS,
  type SettingTypes,
} from './stored-settings';
