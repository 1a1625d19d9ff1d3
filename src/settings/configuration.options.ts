export const SETTING_SOURCES = ['environment', 'file', 'launcher', 'default', 'unset'] as const;
export type SettingSource = (typeof SETTING_SOURCES)[number];

/** One setting of the process as it is in force, fit to be shown. */
export interface EffectiveSetting {
  readonly name: string;
  readonly section: string;
  readonly description: string;
  /** null: not set, or a secret. */
  readonly value: string | null;
  readonly secret: boolean;
  readonly isSet: boolean;
  readonly source: SettingSource;
}

/** Given by each root: only it knows its settings. */
export class ConfigurationOptions {
  constructor(readonly settings: readonly EffectiveSetting[]) {}
}
