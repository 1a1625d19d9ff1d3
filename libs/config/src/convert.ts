import { type SettingType } from './setting';

export type Converted = { readonly value: unknown } | { readonly fault: string };

const NUMBER = /^-?\d+(\.\d+)?$/;
const TRUE_WORDS = new Set(['true', '1', 'yes', 'on']);
const FALSE_WORDS = new Set(['false', '0', 'no', 'off']);

/** Strict: `Boolean("false")` is true, and `Number("")` is 0. */
export function convert(text: string, type: SettingType): Converted {
  switch (type) {
    case 'text':
      return { value: text };
    case 'list':
      return {
        value: text
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      };
    case 'number':
      return NUMBER.test(text) ? { value: Number(text) } : { fault: 'must be a number, in digits' };
    case 'boolean':
      return convertBoolean(text.toLowerCase());
  }
}

function convertBoolean(word: string): Converted {
  if (TRUE_WORDS.has(word)) return { value: true };
  if (FALSE_WORDS.has(word)) return { value: false };
  return { fault: 'must be true or false' };
}
