const SENSITIVE =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key)$|token|secret|password|api-?key/i;

export const REDACTED = '[redacted]';

/** A copy for logs and problems: the names stay, the values of credentials do not. */
export function redactHeaders<V>(headers: Readonly<Record<string, V>>): Record<string, V | typeof REDACTED> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SENSITIVE.test(name) ? REDACTED : value]),
  );
}
