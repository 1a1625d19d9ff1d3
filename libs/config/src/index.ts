export { environmentExample } from './environment-example';
export { type EnvironmentFault, InvalidEnvironmentError } from './invalid-environment-error';
export { type EnvironmentSource, loadEnv } from './load-env';
export { isSampleSecret } from './sample-secrets';
export {
  Setting,
  type SettingDescription,
  type SettingOptions,
  type SettingsClass,
  settingsOf,
  type SettingType,
} from './setting';
export { parseSettings, readSettingsFile } from './settings-file';
export { systemPath } from './system-path';
