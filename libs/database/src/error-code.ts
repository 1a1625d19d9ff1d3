import { types } from 'node:util';

/** `code` of an error of Node or of the driver. By shape: `instanceof` fails for errors that come from another context. */
export function errorCode(error: unknown): string | undefined {
  return types.isNativeError(error) ? textMember(error, 'code') : undefined;
}

/** A member of a foreign error that is a text. */
export function textMember(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}
