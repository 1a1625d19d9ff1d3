// A server with a long list, and events of it: rows and events are written as the product writes them, by SQL; everything that
// reads and tells them is the product's.
import pg from 'pg';
import { Product } from '../product.mjs';

const FILL = `
  WITH made AS (
    INSERT INTO instances (id, name, description, json_spec, desired_state, generation, created_at, updated_at)
    SELECT gen_random_uuid(), 'bench-' || n, 'Instance number ' || n,
           '{"type": "docker", "image": "quayside-test/echo:latest", "port": 8080, "environment": {"MODE": "bench"}}',
           'running', 1, now() - n * interval '1 second', now() - n * interval '1 second'
      FROM generate_series($1::int, $2::int) AS n
    RETURNING id
  )
  INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, containers, tools, latency_ms)
  SELECT id, 1, 1, 'running', 'It answers.', now(), now(),
         '[{"id": "f00", "replica": 0, "state": "running"}]', 2, 3
    FROM made`;
/** Instances change between two words, so that each frame changes something that is drawn. */
const EVENTS = `
  WITH chosen AS (
    SELECT id, name, workspace_id, random() < 0.5 AS is_well FROM instances ORDER BY created_at DESC
    OFFSET floor(random() * $2::int)::int LIMIT $1::int
  ), told AS (
    INSERT INTO domain_event (id, sequence, name, aggregate_type, aggregate_id, data, actor, correlation_id, occurred_at, workspace_id)
    SELECT gen_random_uuid(), nextval('domain_event_sequence'),
           CASE WHEN is_well THEN 'mcp.instance.running' ELSE 'mcp.instance.degraded' END, 'mcp_instance', id::text,
           jsonb_build_object('instance_id', id, 'name', name, 'generation', 1, 'reason',
             CASE WHEN is_well THEN 'It answers.' ELSE 'One of two does not answer.' END),
           'system:bench', 'bench', now(), workspace_id
      FROM chosen
    RETURNING sequence
  )
  SELECT pg_notify('quayside_events', max(sequence)::text), count(*) FROM told`;
const BATCHES_PER_SECOND = 20;
/** Events are of these, the newest: a list shows them first. */
const LIVELY = 900;

export class Stage {
  #product;
  #sql;

  static async start(serverUrl, dist) {
    const stage = new Stage();
    stage.#product = await Product.start({ serverUrl, roles: ['api'], ...(dist ? { dist } : {}) });
    stage.#sql = new pg.Client({ connectionString: stage.#product.database.url });
    await stage.#sql.connect();
    return stage;
  }

  get origin() {
    return `http://127.0.0.1:${this.#product.client.port}`;
  }

  get key() {
    return this.#product.client.headers.authorization.replace('Bearer ', '');
  }

  /** Instances with these numbers; the higher, the older. */
  async fill(from, to) {
    await this.#sql.query(FILL, [from, to]);
    await this.#sql.query('ANALYZE instances, instance_status');
  }

  /** Tells events until the answer is called, which answers how many there were a second. */
  tell(perSecond) {
    let told = 0;
    let running = Promise.resolve();
    const startedAt = performance.now();
    const timer = setInterval(() => {
      // What a busy machine left out is caught up with, so that the rate holds.
      const due = Math.round(((performance.now() - startedAt) / 1000) * perSecond) - told;
      if (due < perSecond / BATCHES_PER_SECOND / 2) return;
      told += due;
      running = running.then(() => this.#batch(due));
    }, 1000 / BATCHES_PER_SECOND);
    return async () => {
      clearInterval(timer);
      const lastedMs = performance.now() - startedAt;
      await running;
      return told / (lastedMs / 1000);
    };
  }

  async #batch(count) {
    for (let left = count; left > 0; left -= LIVELY / 2)
      await this.#sql.query(EVENTS, [Math.min(left, LIVELY / 2), LIVELY / 2]);
  }

  async stop() {
    await this.#sql.end();
    await this.#product.stop();
  }
}
