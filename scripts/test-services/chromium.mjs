import { ensurePrograms } from './packages.mjs';
import { findProgram } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Without a font of its own the browser measures and draws boxes. */
const PACKAGES = ['chromium', 'fonts-dejavu-core'];

/** `{path}` of the system's Chromium, installed where that is possible, or `{reason}`. A browser is never downloaded. */
export function ensureChromium(log) {
  const given = process.env.CHROMIUM_BIN;
  if (given !== undefined && given !== '') return { path: given };
  const found = () => NAMES.map(findProgram).find((path) => path !== undefined);
  if (found() !== undefined) return { path: found() };
  const reason = ensurePrograms(['chromium'], PACKAGES, log);
  return reason === undefined
    ? { path: found() }
    : { reason: `browser tests skipped: no chromium; ${reason}` };
}
