import { type RpcNotification } from '@app/mcp';

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

export const isLogLevel = (level: unknown): level is string =>
  typeof level === 'string' && (LEVELS as readonly string[]).includes(level);

export const isLogMessage = ({ method }: RpcNotification): boolean => method === 'notifications/message';

/** True for what is not a log message, too: nothing else has a level. */
export function passesLevel(message: RpcNotification, threshold: string): boolean {
  if (!isLogMessage(message)) return true;
  const level = message.params?.level;
  return LEVELS.findIndex((known) => known === level) >= LEVELS.findIndex((known) => known === threshold);
}
