import { BASE } from '~/security';

declare global {
  interface Window {
    /** What public/theme.js asked for before this code was there, by path; undefined where there was no answer. */
    quaysideAsked?: Record<string, Promise<Response | undefined>>;
  }
}

/** The answer to a question that was asked before, once; every later one is asked anew. */
export function askedEarly({ method, url }: Request): Promise<Response | undefined> | undefined {
  const path = new URL(url).pathname.slice(BASE.length);
  const asked = method === 'GET' ? window.quaysideAsked?.[path] : undefined;
  if (asked !== undefined) delete window.quaysideAsked?.[path];
  return asked;
}
