import { type QueryRunner } from 'typeorm';
import { type QueryAnswer, type Statements } from './statements';

/** One open transaction: its connection, and what is to happen once it has committed. */
export class Transaction {
  readonly afterCommit: (() => void)[] = [];
  /** Statements of one transaction go one after the other, also when the caller starts several at once. */
  private last: Promise<unknown> = Promise.resolve();
  private isEnded = false;

  constructor(
    readonly runner: QueryRunner,
    private readonly statements: Statements,
  ) {}

  get ended(): boolean {
    return this.isEnded;
  }

  run(sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    const next = this.last.then(() => this.statements.run(this.runner, sql, params));
    this.last = next.catch(() => undefined);
    return next;
  }

  /** Waits for what is still under way and closes the door for what comes late. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.last;
  }
}
