import { Injectable } from '@nestjs/common';
import { type DesiredInstanceRow } from '@app/contracts';
import { Database } from '@app/database';
import { type Desired, desiredFromRow } from '../decide/desired';

/** One statement asks for so many instances at most. */
const MAX_BATCH = 1_000;
const COLUMNS = 'id, name, generation, container_generation, desired_state, replicas, spec';

interface Waiter {
  readonly resolve: (desired: Desired | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads what is wanted. A burst of looks becomes few statements: what is asked for in one turn is asked for together. */
@Injectable()
export class DesiredInstances {
  #waiting = new Map<string, Waiter[]>();

  constructor(private readonly db: Database) {}

  /** undefined when no row says that the instance exists. */
  read(instanceId: string): Promise<Desired | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(() => void this.#readWaiting());
      const waiters = this.#waiting.get(instanceId) ?? [];
      waiters.push({ resolve, reject });
      this.#waiting.set(instanceId, waiters);
    });
  }

  async ids(): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>('SELECT id FROM desired_instances');
    return rows.map(({ id }) => id);
  }

  /** The stored setting that refuses secrets in a container's plain configuration. */
  async requiresStrongDelivery(): Promise<boolean> {
    const [row] = await this.db.query<{ value: unknown }>(`SELECT value FROM setting WHERE name = $1`, [
      'require_strong_secret_delivery',
    ]);
    return row?.value === true;
  }

  async #readWaiting(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting = new Map();
    for (let at = 0; at < waiting.length; at += MAX_BATCH)
      await this.#readBatch(waiting.slice(at, at + MAX_BATCH));
  }

  async #readBatch(batch: readonly (readonly [string, readonly Waiter[]])[]): Promise<void> {
    try {
      const ids = batch.map(([id]) => id);
      const rows = await this.db.query<DesiredInstanceRow>(
        `SELECT ${COLUMNS} FROM desired_instances WHERE id = ANY($1::uuid[])`,
        [ids],
      );
      const found = new Map(rows.map((row) => [row.id, desiredFromRow(row)]));
      for (const [id, waiters] of batch) for (const { resolve } of waiters) resolve(found.get(id));
    } catch (error) {
      for (const [, waiters] of batch) for (const { reject } of waiters) reject(error);
    }
  }
}
