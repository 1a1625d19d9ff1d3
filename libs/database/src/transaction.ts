import { type QueryRunner } from 'typeorm';
import { DatabaseUnavailableError } from './errors';

export interface QueryAnswer {
  readonly records: readonly object[];
  readonly affected: number;
}

export async function runOn(
  runner: QueryRunner,
  sql: string,
  params: readonly unknown[],
): Promise<QueryAnswer> {
  // The runner gives its connection back by itself when that breaks, and would then blame the caller.
  if (runner.isReleased) throw new DatabaseUnavailableError();
  const result = await runner.query(sql, [...params], true);
  // Several statements in one text answer with a list, which has no rows of its own.
  const records = (result.records as object[] | undefined) ?? [];
  return { records, affected: result.affected ?? records.length };
}

/** One open transaction: its connection, and what is to happen once it has committed. */
export class Transaction {
  readonly afterCommit: (() => void)[] = [];
  /** Statements of one transaction go one after the other, also when the caller starts several at once. */
  private last: Promise<unknown> = Promise.resolve();
  private isEnded = false;

  constructor(readonly runner: QueryRunner) {}

  get ended(): boolean {
    return this.isEnded;
  }

  run(sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    const next = this.last.then(() => runOn(this.runner, sql, params));
    this.last = next.catch(() => undefined);
    return next;
  }

  /** Waits for what is still under way and closes the door for what comes late. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.last;
  }
}
