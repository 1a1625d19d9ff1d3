import { type PoolClient } from 'pg';
import { QueryFailedError, type QueryRunner } from 'typeorm';
import { DatabaseUnavailableError } from './errors';
import { isPreparedRefusal, nameOf } from './prepared';

export interface QueryAnswer {
  readonly records: readonly object[];
  readonly affected: number;
}

/**
 * A plan is made for tables as large as they were: after so long it is made anew, or one that was right for a table with ten
 * rows would read all of it when there are a million.
 */
const PLANS_LAST_MS = 15_000;

/** Sends statements, those that are prepared by their names while the server takes them so. */
export class Statements {
  private arePrepared = true;
  private readonly plannedAtMs = new WeakMap<PoolClient, number>();

  async run(runner: QueryRunner, sql: string, params: readonly unknown[]): Promise<QueryAnswer> {
    // The runner gives its connection back by itself when that breaks, and would then blame the caller.
    if (runner.isReleased) throw new DatabaseUnavailableError();
    const name = this.arePrepared ? nameOf(sql) : undefined;
    if (name !== undefined) return this.runByName(runner, { name, text: sql, values: [...params] });
    const result = await runner.query(sql, [...params], true);
    // Several statements in one text answer with a list, which has no rows of its own.
    const records = (result.records as object[] | undefined) ?? [];
    return { records, affected: result.affected ?? records.length };
  }

  /** Whether it was for its name that it failed. From then on no statement has one: what was tried can be tried again. */
  isForName(error: unknown): boolean {
    const isRefusal = isPreparedRefusal(error);
    if (isRefusal) this.arePrepared = false;
    return isRefusal;
  }

  private async runByName(
    runner: QueryRunner,
    statement: { readonly name: string; readonly text: string; readonly values: unknown[] },
  ): Promise<QueryAnswer> {
    const client = (await runner.connect()) as PoolClient;
    try {
      await this.forgetOldPlans(client);
      const { rows, rowCount } = await client.query<object>(statement);
      return { records: rows, affected: rowCount ?? rows.length };
    } catch (error) {
      throw new QueryFailedError(statement.text, statement.values, error as Error);
    }
  }

  private async forgetOldPlans(client: PoolClient): Promise<void> {
    const nowMs = performance.now();
    const plannedAtMs = this.plannedAtMs.get(client);
    if (plannedAtMs !== undefined && nowMs - plannedAtMs < PLANS_LAST_MS) return;
    this.plannedAtMs.set(client, nowMs);
    if (plannedAtMs !== undefined) await client.query('DISCARD PLANS');
  }
}
