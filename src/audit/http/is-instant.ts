import { isISO8601, ValidateBy, type ValidationOptions } from 'class-validator';

/** The standard knows weeks and days of a year, which are no `Date` here: both have to understand the text. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && isISO8601(value, { strict: true }) && Number.isFinite(Date.parse(value));

/** A point in time as RFC 3339 writes it, or a day. */
export const IsInstant = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isInstant',
      validator: {
        validate: isInstant,
        defaultMessage: (about) => `${about?.property ?? 'it'} must be a time such as 2026-11-01T00:00:00Z`,
      },
    },
    options,
  );
