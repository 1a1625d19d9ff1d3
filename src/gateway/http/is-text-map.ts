import { ValidateBy, type ValidationOptions } from 'class-validator';

const isTextMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');

/** An object whose values are texts. */
export const IsTextMap = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isTextMap',
      validator: {
        validate: isTextMap,
        defaultMessage: (about) => `every value of ${about?.property ?? 'it'} must be a text`,
      },
    },
    options,
  );
