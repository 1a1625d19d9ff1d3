import { ValidateBy } from 'class-validator';

export const MAX_CLAIM_VALUES = 200;
const MAX_CHARACTERS = 512;

const isText = (one: unknown): boolean => typeof one === 'string' && one.length <= MAX_CHARACTERS;

function isClaimMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_CLAIM_VALUES && entries.every((entry) => entry.every(isText));
}

/** An object whose values are texts, of bounded size. */
export const IsClaimMap = (): PropertyDecorator =>
  ValidateBy({
    name: 'isClaimMap',
    validator: {
      validate: isClaimMap,
      defaultMessage: (about) =>
        `${about?.property ?? 'it'} must map at most ${MAX_CLAIM_VALUES} texts to texts`,
    },
  });
