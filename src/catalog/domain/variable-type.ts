import { type EnvironmentVariable } from '@app/contracts';

const TYPE_CHECKS: Readonly<Record<EnvironmentVariable['type'], (text: string) => boolean>> = {
  string: () => true,
  integer: (text) => /^[+-]?[0-9]{1,18}$/.test(text),
  number: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  boolean: (text) => ['true', 'false', '1', '0'].includes(text.toLowerCase()),
  json: isJson,
  url: (text) => URL.canParse(text),
};

/** Whether a text is a value of the type: for the defaults of a definition and for what an instance is given. */
export const fitsType = (text: string, type: EnvironmentVariable['type']): boolean => TYPE_CHECKS[type](text);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
