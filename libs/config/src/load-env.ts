import { readFileSync, statSync } from 'node:fs';
import { types } from 'node:util';
import { validateSync } from 'class-validator';
import { convert } from './convert';
import { type EnvironmentFault, InvalidEnvironmentError } from './invalid-environment-error';
import { isSampleSecret } from './sample-secrets';
import { type SettingDescription, settingsOf, type SettingsClass } from './setting';

export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/** A file that holds one value; anything larger was meant for something else. */
const MAX_FILE_BYTES = 64 * 1024;

/**
 * The settings that a class declares, from the environment: checked, frozen, or all faults in one error. `<NAME>_FILE` names a
 * file that holds the value. A variable that is set to nothing counts as absent, as compose files set what is unset to that.
 */
export function loadEnv<T extends object>(
  settingsClass: SettingsClass<T>,
  source: EnvironmentSource,
): Readonly<T> {
  const settings = new settingsClass();
  const faults = settingsOf(settingsClass).flatMap((setting) => readSetting(settings, setting, source));
  const told = new Set(faults.map(({ name }) => name));
  // A value that could not be read has its fault already; that it is missing as well would confuse.
  faults.push(...validate(settings).filter(({ name }) => !told.has(name)));
  if (faults.length > 0) throw new InvalidEnvironmentError(faults);
  return Object.freeze(settings);
}

function readSetting(
  settings: object,
  setting: SettingDescription,
  source: EnvironmentSource,
): EnvironmentFault[] {
  const fault = (message: string): EnvironmentFault[] => [{ name: setting.name, message }];
  const given = readValue(setting.name, source);
  if ('fault' in given) return fault(given.fault);
  if (given.text === undefined) return [];
  if (setting.secret && isSampleSecret(given.text))
    return fault('is a sample value that stands in documents; use a random one of your own');
  const converted = convert(given.text, setting.type);
  if ('fault' in converted) return fault(converted.fault);
  Reflect.set(settings, setting.name, converted.value);
  return [];
}

type Given = { readonly text: string | undefined } | { readonly fault: string };

function readValue(name: string, source: EnvironmentSource): Given {
  const text = source[name]?.trim() ?? '';
  const path = source[`${name}_FILE`]?.trim() ?? '';
  if (path === '') return { text: text === '' ? undefined : text };
  if (text !== '') return { fault: `is set twice: as ${name} and as ${name}_FILE; remove one of them` };
  return readValueFile(name, path);
}

function readValueFile(name: string, path: string): Given {
  try {
    if (statSync(path).size > MAX_FILE_BYTES)
      return { fault: `${name}_FILE names a file of more than 64 KiB` };
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { fault: `the file that ${name}_FILE names is empty` } : { text };
  } catch (error) {
    const reason: unknown = types.isNativeError(error) ? Reflect.get(error, 'code') : error;
    return { fault: `the file that ${name}_FILE names cannot be read (${String(reason)})` };
  }
}

function validate(settings: object): EnvironmentFault[] {
  const faults = validateSync(settings, { validationError: { target: false, value: false } });
  return faults.map(({ property, constraints }) => ({
    name: property,
    message: Reflect.get(settings, property) === undefined ? 'is missing' : inWords(property, constraints),
  }));
}

/** The property's name stands before the colon already. */
const inWords = (property: string, constraints: Record<string, string> = {}): string =>
  Object.values(constraints)
    .map((message) => (message.startsWith(`${property} `) ? message.slice(property.length + 1) : message))
    .join('; ');
