import { ValidateBy, type ValidationOptions } from 'class-validator';

const TEXT_MAX = 4_000;
const MEMBERS: ReadonlySet<string> = new Set(['name', 'title', 'description']);

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= TEXT_MAX;

const isOverride = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([name, text]) => MEMBERS.has(name) && isText(text));

const isOverrideMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isOverride);

/** Keyed by names that only the domain can judge; the shape of each value is judged here. */
export const IsOverrideMap = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isOverrideMap',
      validator: {
        validate: isOverrideMap,
        defaultMessage: () =>
          `each override may hold name, title and description, texts of at most ${TEXT_MAX} characters`,
      },
    },
    options,
  );
