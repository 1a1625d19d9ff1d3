import { DomainError } from '@app/kernel';

/** The database of our own cannot be started: one sentence, and what its server said last. For the terminal, not for HTTP. */
export class EmbeddedPostgresError extends DomainError {
  readonly code = 'embedded_postgres_failed';
  readonly kind = 'unavailable';
  readonly title = 'The embedded PostgreSQL does not start';
  override readonly hint =
    'Set DATABASE_URL to a PostgreSQL of your own, or remove the cause and start again.';
  constructor(
    sentence: string,
    readonly serverLines: readonly string[] = [],
    cause?: unknown,
  ) {
    super([sentence, ...serverLines.map((line) => `  ${line}`)].join('\n'), { cause });
  }
}
