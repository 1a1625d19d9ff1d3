import { registerDecorator } from 'class-validator';

const MARK_MAX = 128;

/** A number or a short text. */
const isMark = (value: unknown): boolean =>
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && value.length <= MARK_MAX);

export const IsMark = (): PropertyDecorator => (target, propertyName) => {
  registerDecorator({
    name: 'isMark',
    target: target.constructor,
    propertyName: String(propertyName),
    options: { message: `$property must be a number, or a text of at most ${MARK_MAX} characters` },
    validator: { validate: isMark },
  });
};
