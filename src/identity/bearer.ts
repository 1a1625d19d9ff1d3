import { CredentialInUrlError } from './domain/identity.errors';

/** Names under which people put credentials into addresses. */
const CREDENTIAL_PARAMETERS = new Set([
  'access_token',
  'api_key',
  'apikey',
  'authorization',
  'bearer',
  'token',
]);

const BEARER = /^bearer +([\x21-\x7e]+)$/i;

/** The credential of the Authorization header; undefined when there is none of the bearer kind. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : BEARER.exec(authorization.trim())?.[1];

/** A credential in the address is refused whether it is right or wrong: accepting it once teaches it. */
export function refuseCredentialInUrl(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  for (const name of new URLSearchParams(url.slice(start + 1)).keys()) {
    if (CREDENTIAL_PARAMETERS.has(name.toLowerCase())) throw new CredentialInUrlError(name);
  }
}
