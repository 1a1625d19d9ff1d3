import { settingsOf } from '@app/config';
import { Settings } from './settings';

/** The names of our own settings: never readable as `secret_ref:env:NAME`. */
export const ownSettingNames = (): ReadonlySet<string> =>
  new Set(settingsOf(Settings).map(({ name }) => name));
