/** 1-63 lower-case letters, digits, dashes or single underscores: `my_server` fits, and `__` never occurs in a name. */
export const NAME_PATTERN = /^(?=.{1,63}$)[a-z0-9](_?[a-z0-9-])*$/;

/** Words that are path segments here; a thing of that name could not be addressed. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'status',
  'activity',
  'bulk',
  'templates',
  'register',
  'dead-letters',
  'validate',
]);

export const isName = (text: string): boolean => NAME_PATTERN.test(text) && !RESERVED_NAMES.has(text);
