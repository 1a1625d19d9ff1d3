import { type DomainEvent, type JsonValue } from '@app/kernel';

export interface SettingChange {
  readonly name: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** The value is the default again. */
  readonly isReset: boolean;
}

/** Settings hold no secrets, so that both values can be told. */
export const settingChanged = ({ name, before, after, isReset }: SettingChange): DomainEvent => ({
  name: 'settings.changed',
  aggregateType: 'settings',
  aggregateId: name,
  data: { name, before, after, is_reset: isReset },
  occurredAt: new Date(),
});
