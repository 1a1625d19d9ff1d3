// Events as commands store them, numbered by the relay of the product.
import { load } from '../product.mjs';

export class Events {
  #db;
  #appender;

  constructor(db, appender) {
    this.#db = db;
    this.#appender = appender;
  }

  static async open(url, dist) {
    const { Database } = load('libs/database/src/index.js', dist);
    const { EventAppender } = load('libs/outbox/src/index.js', dist);
    const db = await Database.open({ url, applicationName: 'bench', poolSize: 16 });
    const wake = () => void db.query(`SELECT pg_notify('quayside_outbox', '')`).catch(() => undefined);
    return new Events(db, new EventAppender(db, wake));
  }

  /** `count` at once; each of them for the readers of one group. */
  append(count, group = 0) {
    const now = new Date();
    const events = Array.from({ length: count }, (_, index) => ({
      ...{ name: 'task.progressed', aggregateType: 'tasks', aggregateId: `bench-${String(index)}` },
      occurredAt: now,
      data: {
        task_id: `bench-${String(index)}`,
        run_id: `group-${String(group)}`,
        status: 'running',
        progress: 0.5,
      },
    }));
    return this.#appender.append(events, { audit: false });
  }

  close() {
    return this.#db.close();
  }
}
