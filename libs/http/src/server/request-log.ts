import { accessLog } from '@app/telemetry';
import { type AnsweredRequest } from './answered-request';

/** One line for each answer, where lines of level debug are written. An address is told without its query. */
export function logAnswer({ method, url, status, elapsedMs, scope }: AnsweredRequest): void {
  if (!accessLog.isOn || scope === undefined) return;
  const [path] = url.split('?', 1);
  const members = { method, path, status, duration_ms: Math.round(elapsedMs) };
  accessLog.tell(scope, members, 'a request was answered');
}
