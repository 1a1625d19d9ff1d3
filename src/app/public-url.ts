import { type Settings } from './settings';

/** The address users reach us by, without a slash at its end. */
export function publicUrl({ PUBLIC_URL, SERVER_HOST, SERVER_PORT }: Readonly<Settings>): string {
  const named = PUBLIC_URL?.split(',')[0]?.replace(/\/+$/, '');
  if (named !== undefined && named !== '') return named;
  const host = SERVER_HOST === '0.0.0.0' || SERVER_HOST === '::' ? 'localhost' : SERVER_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(SERVER_PORT)}`;
}

/** All addresses that users reach us by; the first is canonical. */
export function publicUrls(settings: Readonly<Settings>): readonly string[] {
  const more = settings.PUBLIC_URL?.split(',').slice(1) ?? [];
  return [publicUrl(settings), ...more.map((url) => url.replace(/\/+$/, ''))];
}
