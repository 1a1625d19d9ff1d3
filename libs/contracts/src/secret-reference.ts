/** `secret_ref:<scope>:<NAME>[@version]`. */
export interface SecretReference {
  readonly scope: string;
  readonly name: string;
  readonly version?: number;
}

export const SECRET_NAME_PATTERN = /^[A-Z_][A-Z0-9_]{0,127}$/;
export const SECRET_SCOPE_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const REFERENCE =
  /^secret_ref:([A-Za-z0-9][A-Za-z0-9_.-]{0,127}):([A-Z_][A-Z0-9_]{0,127})(?:@([1-9][0-9]{0,8}))?$/;

export const looksLikeSecretReference = (text: string): boolean => text.startsWith('secret_ref:');

/** undefined when the text is not a well-formed reference. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const match = REFERENCE.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const reference = { scope: match[1], name: match[2] };
  return match[3] === undefined ? reference : { ...reference, version: Number(match[3]) };
}

export const secretReference = (scope: string, name: string): string => `secret_ref:${scope}:${name}`;
