import { type BrowserOrigin } from '../sessions/browser-origin';
import { SIGN_IN_LIMIT_MS } from './sign-in-state';

const SECURE_NAME = '__Host-quayside-sign-in';
const LOCAL_NAME = 'quayside-sign-in';
const VALUE = /^[\w.-]{1,2048}$/;
const MS_PER_S = 1_000;

/** Lax, not strict: the browser comes back from another site, and must bring it. */
function nameFor(origin: BrowserOrigin, host: string): string {
  if (!origin.isLoopback(host)) return SECURE_NAME;
  const port = /:(\d+)$/.exec(host)?.[1];
  return port === undefined ? LOCAL_NAME : `${LOCAL_NAME}-${port}`;
}

const attributes = (origin: BrowserOrigin, host: string): string =>
  `; Path=/${origin.isLoopback(host) ? '' : '; Secure'}; HttpOnly; SameSite=Lax`;

export const signInCookie = (origin: BrowserOrigin, host: string, value: string): string =>
  `${nameFor(origin, host)}=${value}; Max-Age=${SIGN_IN_LIMIT_MS / MS_PER_S}${attributes(origin, host)}`;

export const noSignInCookie = (origin: BrowserOrigin, host: string): string =>
  `${nameFor(origin, host)}=; Max-Age=0${attributes(origin, host)}`;

export function signInCookieIn(
  origin: BrowserOrigin,
  host: string,
  cookie: string | undefined,
): string | undefined {
  const wanted = `${nameFor(origin, host)}=`;
  const found = (cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(wanted));
  const value = found?.slice(wanted.length);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}
