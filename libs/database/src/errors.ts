import { types } from 'node:util';
import { DomainError } from '@app/kernel';
import { QueryFailedError } from 'typeorm';
import { textMember } from './error-code';

/** How long a caller should wait before it tries again; a restart of PostgreSQL is over by then. */
const RETRY_AFTER_S = 2;

export class DatabaseUnavailableError extends DomainError {
  readonly code = 'database_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The database is not available';
  override readonly hint = 'Try again in a moment; nothing that was acknowledged is lost.';
  constructor(cause?: unknown) {
    super('The database does not answer at the moment.', { cause, retryAfterS: RETRY_AFTER_S });
  }
}

export class SchemaTooNewError extends DomainError {
  readonly code = 'schema_too_new';
  readonly kind = 'unavailable';
  readonly title = 'The database is newer than the program';
  override readonly hint =
    'Start the version that migrated the database, or restore a backup from before the upgrade.';
  constructor(unknownMigrations: readonly string[]) {
    super(`The database holds changes that this version does not know: ${unknownMigrations.join(', ')}.`);
  }
}

export class SchemaTooOldError extends DomainError {
  readonly code = 'schema_too_old';
  readonly kind = 'unavailable';
  readonly title = 'The database is older than the program';
  override readonly hint = 'Run the migration step of this version, and start this process again.';
  constructor(missingMigrations: readonly string[], waitedS: number) {
    super(
      `After ${waitedS} s the database still lacks changes that this version needs: ${missingMigrations.join(', ')}.`,
    );
  }
}

/** Errors of one chain that are looked at: TypeORM wraps pg, callers wrap TypeORM; deeper chains are somebody's bug. */
const MAX_CAUSES = 5;

function* causesOf(error: unknown): Generator<Error> {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && types.isNativeError(current); depth += 1) {
    yield current;
    current = current instanceof QueryFailedError ? current.driverError : current.cause;
  }
}

function hasCode(error: unknown, matches: (code: string) => boolean): boolean {
  for (const cause of causesOf(error)) {
    const code = textMember(cause, 'code');
    if (code !== undefined && matches(code)) return true;
  }
  return false;
}

export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  for (const cause of causesOf(error)) {
    if (textMember(cause, 'code') !== '23505') continue;
    return constraint === undefined || textMember(cause, 'constraint') === constraint;
  }
  return false;
}

/** A row was referred to that is not there, or not any more. */
export const isForeignKeyViolation = (error: unknown): boolean => hasCode(error, (code) => code === '23503');

/** Serialization failure and deadlock: PostgreSQL asks for the whole transaction again. */
export const isRetryable = (error: unknown): boolean =>
  hasCode(error, (code) => code === '40001' || code === '40P01');

/** The role does not exist (22023), or we may not take it on (42501). */
export const isMissingRole = (error: unknown): boolean =>
  hasCode(error, (code) => code === '22023' || code === '42501' || code === '42704');

/** The client gave up waiting: the statement may still run, and its connection is of no more use. */
export function isSilentServer(error: unknown): boolean {
  for (const cause of causesOf(error)) if (cause.message === 'Query read timeout') return true;
  return false;
}

const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOENT',
]);
/** pg reports its own time-outs and a connection that went away as plain errors, known by their words only. */
const DRIVER_WORDS =
  /^(timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|the database system is)/i;

/**
 * 08: connection exceptions. 57P: shutdown, crash, cannot connect now. 57014: the statement's time limit, which a healthy
 * database keeps. 53: too many connections, disk full. 55P03: a lock was not had in time. 25P03: idle in a transaction.
 */
const isOutageState = (code: string): boolean =>
  /^(08...|57P0.|57014|53...|55P03|25P03)$/.test(code) || SOCKET_CODES.has(code);

export function isDatabaseUnavailable(error: unknown): boolean {
  const causes = [...causesOf(error)];
  if (causes.some((cause) => cause instanceof DatabaseUnavailableError)) return true;
  // Any other failure with a name of its own is that of another server, even where a socket was its cause.
  if (causes.some((cause) => cause instanceof DomainError)) return false;
  return causes.some(({ message }) => DRIVER_WORDS.test(message)) || hasCode(error, isOutageState);
}

/**
 * What leaves this library: an outage by its own name, else the driver's error. TypeORM's wrapper carries the parameters of
 * the statement, and `detail` may carry the values of a row: neither may get into a log.
 */
export function translate(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isDatabaseUnavailable(error))
    return new DatabaseUnavailableError(error instanceof QueryFailedError ? error.driverError : error);
  if (!(error instanceof QueryFailedError)) return error;
  const driverError = error.driverError as Error;
  if (textMember(driverError, 'code') !== '23505') Reflect.deleteProperty(driverError, 'detail');
  return driverError;
}
