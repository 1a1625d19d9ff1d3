import { type EraVerdicts, NEWER_CODES } from './era-verdicts';
import { type RelayRequest } from './relay-request';

const METHOD_NOT_FOUND = -32601;
/** What servers of the older era use for a missing session, next to no code at all. */
const SESSION_CODES: ReadonlySet<number> = new Set([-32000, -32001]);
const NO_SESSION_STATUSES: ReadonlySet<number> = new Set([400, 404, 405, 406]);

/**
 * Whether a refusal shows that the server speaks the other era only. undefined: it shows nothing of the kind. What looks
 * like it in the newer era is asked for, because a verdict that changes by accident would be worse than the refusal.
 */
export function speaksOtherOnly(
  verdicts: EraVerdicts,
  { era, scan, route, target }: RelayRequest,
  status: number,
  errorCode: number | undefined,
): Promise<boolean> | undefined {
  if (era === 'older') {
    if (scan.method !== 'initialize' || !refusesOlder(status, errorCode)) return undefined;
    verdicts.learn(route, 'older', false);
    return Promise.resolve(true);
  }
  if (!mayBeOlder(status, errorCode)) return undefined;
  return verdicts.askNewer(route, target).then((speaksNewer) => !speaksNewer);
}

const refusesOlder = (status: number, errorCode: number | undefined): boolean =>
  errorCode !== undefined &&
  (NEWER_CODES.has(errorCode) || (status === 404 && errorCode === METHOD_NOT_FOUND));

const mayBeOlder = (status: number, errorCode: number | undefined): boolean =>
  NO_SESSION_STATUSES.has(status) && (errorCode === undefined || SESSION_CODES.has(errorCode));
