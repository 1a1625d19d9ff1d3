import { DomainError, type FieldProblem } from '@app/kernel';

export class SettingUnknownError extends DomainError {
  readonly code = 'setting_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such setting';
  override readonly hint = 'List the settings with GET /api/v1/settings.';
  constructor(name: string) {
    super(`No stored setting is called "${name.slice(0, 63)}".`);
  }
}

export class SettingInvalidError extends DomainError {
  readonly code = 'setting_invalid';
  readonly kind = 'invalid';
  readonly title = 'The value is none that the setting can have';
  override readonly hint = 'Correct the fields that are listed under errors; the setting says its bounds.';
  constructor(name: string, errors: readonly FieldProblem[]) {
    super(`${name}: ${errors[0]?.detail ?? 'is not valid'}.`, { errors });
  }
}
