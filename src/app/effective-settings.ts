import { type EnvironmentSource, type SettingDescription, settingsOf } from '@app/config';
import { type Scrubber } from '@app/telemetry';
import { type EffectiveSetting, type SettingSource } from '../settings';
import { Settings } from './settings';

/** Up to the last at sign: whatever stands there is somebody's credential. */
const CREDENTIALS = /(:\/\/)[^\s]*@/g;

const isGiven = (env: EnvironmentSource, name: string): boolean => (env[name]?.trim() ?? '') !== '';

function sourceOf(
  { name, default: standard }: SettingDescription,
  settings: Readonly<Settings>,
  env: EnvironmentSource,
): SettingSource {
  if (name === 'DATABASE_URL' && settings.QUAYSIDE_EMBEDDED_DATABASE) return 'launcher';
  if (isGiven(env, `${name}_FILE`)) return 'file';
  if (isGiven(env, name)) return 'environment';
  return standard === undefined ? 'unset' : 'default';
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** What an operator may see of the settings of this process. */
export function effectiveSettings(
  settings: Readonly<Settings>,
  env: EnvironmentSource,
  scrubber: Pick<Scrubber, 'scrub'>,
): readonly EffectiveSetting[] {
  return settingsOf(Settings)
    .filter(({ internal }) => internal !== true)
    .map((setting) => {
      const { name, section, describe: description, secret } = setting;
      const value: unknown = settings[name as keyof Settings];
      const isSet = value !== undefined && value !== '';
      const shown = scrubber.scrub(textOf(value).replace(CREDENTIALS, '$1[hidden]@'));
      return {
        ...{ name, section, description, secret, isSet },
        value: isSet && !secret ? shown : null,
        source: sourceOf(setting, settings, env),
      };
    });
}
