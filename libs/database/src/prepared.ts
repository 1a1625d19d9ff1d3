import { errorCode } from './error-code';

/** Each costs memory in every connection that ever used it. */
const PREPARED_MAX = 100;
const names = new Map<string, string>();

/**
 * For statements that run with every request: a connection reads and plans them once, not each time. Only for texts that are
 * written down as they are, and whose plan does not depend on the values.
 */
export function prepared(sql: string): string {
  if (!names.has(sql)) {
    if (names.size >= PREPARED_MAX) throw new RangeError(`at most ${PREPARED_MAX} statements are prepared`);
    names.set(sql, `quayside_${names.size}`);
  }
  return sql;
}

export const nameOf = (sql: string): string | undefined => names.get(sql);

/**
 * The connection does not know the statement, or not as it is now: a migration changed what it answers (0A000), or what stands
 * between us and the server gives each transaction another connection (26000: unknown, 42P05: known already).
 */
export function isPreparedRefusal(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? (Reflect.get(error, 'driverError') ?? error) : error;
  const code = errorCode(cause);
  if (code === '26000' || code === '42P05') return true;
  return code === '0A000' && cause instanceof Error && cause.message.startsWith('cached plan');
}
