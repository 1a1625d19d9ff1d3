interface Askable {
  query(sql: string): Promise<{ readonly rows: readonly { readonly queue: string }[] }>;
}

/** More queues than any installation has. */
const QUEUES_MAX = 1_000;
const ACTIVE = `SELECT DISTINCT queue FROM job WHERE state = 'active' LIMIT ${String(QUEUES_MAX)}`;

/** Which queues have jobs in work, for all consumers of a process: one answer serves every one that asks for some time. */
export class ActiveQueues {
  #found: Promise<ReadonlySet<string>> | undefined;
  #askedMs = -Infinity;

  constructor(private readonly keptMs: number) {}

  async has(queue: string, pool: Askable): Promise<boolean> {
    const nowMs = performance.now();
    if (this.#found === undefined || nowMs - this.#askedMs >= this.keptMs) {
      this.#askedMs = nowMs;
      this.#found = this.#ask(pool);
    }
    return (await this.#found).has(queue);
  }

  async #ask(pool: Askable): Promise<ReadonlySet<string>> {
    try {
      const { rows } = await pool.query(ACTIVE);
      return new Set(rows.map((row) => row.queue));
    } catch (error) {
      // Another consumer's connection may be well.
      this.#found = undefined;
      throw error;
    }
  }
}
