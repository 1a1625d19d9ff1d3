import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { connectionOptions, type DatabaseOptions, DEFAULT_POOL_SIZE } from './connection-options';
import { DatabaseUnavailableError, isMissingRole, isRetryable, isSilentServer, translate } from './errors';
import { type QueryAnswer, Statements } from './statements';
import { Transaction } from './transaction';

export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** Callers waiting for a connection, per connection of the pool: an answer to more would come too late anyway. */
const MAX_WAITING_PER_CONNECTION = 20;
/** A transaction that PostgreSQL asks to repeat is repeated this often. */
const MAX_REPEATS = 3;
const REPEAT_BASE_MS = 20;

/** One pool of connections. Statements join the transaction that is open around them. */
export class Database {
  private readonly ambient = new AsyncLocalStorage<Transaction>();
  private readonly statements = new Statements();
  private readonly maxCallers: number;
  private callers = 0;

  private constructor(
    readonly url: string,
    private readonly source: DataSource,
    /** False when a role was asked for and this database has none for us: statements run as the owner. */
    readonly roleApplied: boolean,
    poolSize: number,
  ) {
    this.maxCallers = poolSize * (1 + MAX_WAITING_PER_CONNECTION);
  }

  /** Fails when PostgreSQL cannot be reached now; a later outage fails single statements only. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const poolSize = options.poolSize ?? DEFAULT_POOL_SIZE;
    try {
      const source = await new DataSource(connectionOptions(options)).initialize();
      return new Database(options.url, source, await hasTakenOn(source, options.role), poolSize);
    } catch (error) {
      if (options.role === undefined || !isMissingRole(error)) throw translate(error);
      const { role: _role, ...asOwner } = options;
      return await Database.open(asOwner);
    }
  }

  /** Rows, whatever the statement is: SELECT, or INSERT, UPDATE, DELETE with RETURNING. */
  async query<Row extends object>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    const { records } = await this.run(sql, params);
    return records as Row[];
  }

  /** How many rows the statement touched. */
  async execute(sql: string, params: readonly unknown[] = []): Promise<number> {
    const { affected } = await this.run(sql, params);
    return affected;
  }

  /**
   * Runs the work in one transaction: the one that is open around the call, else a new one. A new one is repeated as a whole
   * when PostgreSQL asks for it, so the work must be safe to repeat: no network calls, nothing kept outside.
   */
  async transaction<T>(work: () => Promise<T>, options: { isolation?: IsolationLevel } = {}): Promise<T> {
    if (this.current() !== undefined) return work();
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await this.withRunner((runner) => this.transact(runner, work, options.isolation));
      } catch (error) {
        const isToRepeat = this.statements.isForName(error) || isRetryable(error);
        if (repeats >= MAX_REPEATS || !isToRepeat) throw translate(error);
        await delay(Math.random() * REPEAT_BASE_MS * 2 ** repeats);
      }
    }
  }

  /** Runs the action once the open transaction has committed, never if it does not; at once when none is open. */
  afterCommit(action: () => void): void {
    const transaction = this.current();
    if (transaction === undefined) action();
    else transaction.afterCommit.push(action);
  }

  /** For repositories that map entities. Its errors are translated where they leave `transaction`. */
  manager(): EntityManager {
    return this.current()?.runner.manager ?? this.source.manager;
  }

  async ping(): Promise<void> {
    await this.run('SELECT 1', []);
  }

  /** Ends the pool; a second call does nothing. */
  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private current(): Transaction | undefined {
    const transaction = this.ambient.getStore();
    if (transaction?.ended)
      throw new Error(
        'This work outlived the transaction it was started in: await it there, or start it after.',
      );
    return transaction;
  }

  private async run(sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    const transaction = this.current();
    try {
      return await (transaction === undefined ? this.runAlone(sql, params) : transaction.run(sql, params));
    } catch (error) {
      throw translate(error);
    }
  }

  private async runAlone(sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    const run = (): Promise<QueryAnswer> =>
      this.withRunner((runner) => this.statements.run(runner, sql, params));
    try {
      return await run();
    } catch (error) {
      if (!this.statements.isForName(error)) throw error;
      return run();
    }
  }

  private async transact<T>(
    runner: QueryRunner,
    work: () => Promise<T>,
    isolation?: IsolationLevel,
  ): Promise<T> {
    const transaction = new Transaction(runner, this.statements);
    await runner.startTransaction(isolation);
    try {
      const result = await this.ambient.run(transaction, work);
      await transaction.end();
      if (runner.isReleased) throw new DatabaseUnavailableError();
      await runner.commitTransaction();
      runAll(transaction.afterCommit);
      return result;
    } catch (error) {
      await transaction.end();
      await rollBack(runner);
      throw error;
    }
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (this.callers >= this.maxCallers)
      throw new DatabaseUnavailableError(new Error('Too many callers wait.'));
    this.callers += 1;
    const runner = this.source.createQueryRunner();
    try {
      return await work(runner);
    } catch (error) {
      if (isSilentServer(error)) await discard(runner);
      throw error;
    } finally {
      this.callers -= 1;
      await runner.release();
    }
  }
}

/** What stands between us and the server may leave out the options of a connection. */
async function hasTakenOn(source: DataSource, role: string | undefined): Promise<boolean> {
  if (role === undefined) return false;
  const [row] = await source.query<{ name: string }[]>('SELECT current_user AS name');
  return row?.name === role;
}

/** The commit stands whatever these do: one that fails must not make it look undone. */
function runAll(actions: readonly (() => void)[]): void {
  for (const action of actions) {
    try {
      action();
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), 'AfterCommitWarning');
    }
  }
}

/** Never fails: the reason for rolling back is what the caller has to hear. */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isReleased || !runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    await discard(runner);
  }
}

/** A connection in an unknown state must not go back to the pool: the pool drops one that is ending. */
async function discard(runner: QueryRunner): Promise<void> {
  if (runner.isReleased) return;
  const client = (await runner.connect()) as PoolClient & { end(): Promise<void> };
  // A server that is silent does not answer the farewell either: nobody waits for it.
  client.end().catch(() => undefined);
}
