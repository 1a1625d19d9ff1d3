import { ValidateBy } from 'class-validator';

export const LABELS_MAX = 32;
const LABEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/;
const LABEL_MAX = 256;

/** A bounded map of short texts. */
export const IsLabelMap = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLabelMap',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        Object.keys(value).length <= LABELS_MAX &&
        Object.entries(value).every(
          ([name, text]) => LABEL_NAME.test(name) && typeof text === 'string' && text.length <= LABEL_MAX,
        ),
      defaultMessage: () =>
        `labels must be at most ${String(LABELS_MAX)} short names with texts of at most ${String(LABEL_MAX)} characters`,
    },
  });
