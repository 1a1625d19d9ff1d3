import { ValidateBy } from 'class-validator';
import { readLabelTerm } from '../domain/labels';

/** Each of the texts can be the label of an instance, or the key of one. */
export const IsLabelTerm = (): PropertyDecorator =>
  ValidateBy({
    name: 'matches',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) &&
        value.every((text) => typeof text === 'string' && readLabelTerm(text) !== undefined),
      defaultMessage: () => 'label must be a key, or a key and a value as in team:search',
    },
  });
