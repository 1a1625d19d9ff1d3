import 'reflect-metadata';
import { getMetadataStorage, IS_OPTIONAL } from 'class-validator';

export type SettingType = 'text' | 'number' | 'boolean' | 'list';

export interface SettingOptions {
  /** One or two sentences for the operator; they become `.env.example` and the documentation. */
  readonly describe: string;
  /** Settings of one section stand together. */
  readonly section: string;
  readonly example?: string;
  /** Never shown: not in a message, not as a default. */
  readonly secret?: boolean;
  /** Set by our own programs, not by an operator: it stands in no document. */
  readonly internal?: boolean;
  /** Where the property's type does not say it: a union type, or a list of texts (comma-separated). */
  readonly type?: SettingType;
}

export interface SettingDescription extends SettingOptions {
  readonly name: string;
  readonly type: SettingType;
  readonly secret: boolean;
  /** Has no default, and may not be left out. */
  readonly required: boolean;
  /** As it would be written in a file. */
  readonly default?: string;
}

export type SettingsClass<T extends object> = new () => T;

/** Of each class, in the order of the properties. */
const declared = new WeakMap<object, Map<string, SettingOptions>>();

/** A variable of the environment; beside it stand the class-validator decorators that check the value. */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const settings = declared.get(prototype) ?? new Map<string, SettingOptions>();
    settings.set(String(property), options);
    declared.set(prototype, settings);
  };
}

/** Every setting of the class, those of its base classes first. */
export function settingsOf<T extends object>(settingsClass: SettingsClass<T>): readonly SettingDescription[] {
  const defaults = new settingsClass();
  return [...declaredOn(settingsClass.prototype as object)].map(([name, options]) => {
    const value: unknown = Reflect.get(defaults, name);
    const hasDefault = value !== undefined && options.secret !== true;
    return {
      ...options,
      name,
      type: options.type ?? typeOf(settingsClass.prototype as object, name),
      secret: options.secret ?? false,
      required: value === undefined && !isOptional(settingsClass, name),
      ...(hasDefault ? { default: inText(value) } : {}),
    };
  });
}

const inText = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') : `${value as string | number}`;

function declaredOn(prototype: object): Map<string, SettingOptions> {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const inherited = parent === null ? [] : declaredOn(parent);
  return new Map([...inherited, ...(declared.get(prototype) ?? [])]);
}

const TYPES = new Map<unknown, SettingType>([
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Array, 'list'],
]);

const typeOf = (prototype: object, name: string): SettingType =>
  TYPES.get(Reflect.getMetadata('design:type', prototype, name)) ?? 'text';

const isOptional = (settingsClass: SettingsClass<object>, name: string): boolean =>
  getMetadataStorage()
    .getTargetValidationMetadatas(settingsClass, '', false, false)
    .some((metadata) => metadata.propertyName === name && metadata.name === IS_OPTIONAL);
