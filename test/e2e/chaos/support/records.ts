import { Database } from '@app/database';

export interface InstanceRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly desired_state: 'running' | 'stopped' | 'deleted';
  readonly generation: number;
  readonly is_gone: boolean;
  readonly phase: string | null;
  readonly seen_generation: number | null;
  /** Operations of the kind `create`. */
  readonly creations: number;
}

export interface EventRecord {
  readonly id: string;
  readonly sequence: number | null;
  readonly name: string;
  readonly aggregate_id: string;
  readonly correlation_id: string;
  /** Rows of the audit trail that name this event. */
  readonly audits: number;
}

/** One change of the status read model, in the order in which they were made. */
export interface StatusRecord {
  readonly instance_id: string;
  readonly generation: number;
  readonly sequence: string;
}

/** What the database holds when all is quiet again. */
export interface Records {
  readonly instances: readonly InstanceRecord[];
  readonly events: readonly EventRecord[];
  readonly statuses: readonly StatusRecord[];
  /** Rows of the audit trail about an event that does not exist. */
  readonly orphanedAudits: number;
  readonly unsent: number;
}

/** Not of an error that came late: it is added to the status that stands, and the numbers stay. */
const WITNESS = `
  CREATE TABLE chaos_status (
    position bigint GENERATED ALWAYS AS IDENTITY, instance_id uuid, generation integer, sequence bigint);
  CREATE FUNCTION chaos_status() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO chaos_status (instance_id, generation, sequence)
      VALUES (NEW.instance_id, NEW.generation, NEW.sequence);
      RETURN NEW;
    END $$;
  CREATE TRIGGER chaos_status AFTER INSERT OR UPDATE OF generation, sequence, phase, reason ON instance_status
    FOR EACH ROW EXECUTE FUNCTION chaos_status();`;

const INSTANCES = `
  SELECT i.id, i.name, i.description, i.desired_state, i.generation, i.deleted_at IS NOT NULL AS is_gone,
         s.phase, s.generation AS seen_generation, count(o.id)::int AS creations
    FROM instances i LEFT JOIN instance_status s ON s.instance_id = i.id
         LEFT JOIN operation o ON o.resource_id = i.id AND o.kind = 'create'
   GROUP BY i.id, s.instance_id`;

const EVENTS = `
  SELECT e.id, e.sequence::int, e.name, e.aggregate_id, e.correlation_id, count(a.id)::int AS audits
    FROM domain_event e LEFT JOIN audit a ON a.event_id = e.id GROUP BY e.id ORDER BY e.sequence`;

/** Reads the truth where it is kept, past everything the product says about itself. */
export class RecordKeeper {
  private constructor(private readonly db: Database) {}

  /** From now on every change of a status is remembered, in the transaction that makes it. */
  static async open(url: string): Promise<RecordKeeper> {
    const db = await Database.open({ url, applicationName: 'quayside-chaos', poolSize: 2 });
    await db.execute(WITNESS);
    return new RecordKeeper(db);
  }

  close(): Promise<void> {
    return this.db.close();
  }

  /** Those whose state is not the wished one yet. */
  async unsettled(): Promise<readonly InstanceRecord[]> {
    const instances = await this.db.query<InstanceRecord>(INSTANCES);
    return instances.filter((instance) => !isSettled(instance));
  }

  /** What keeps the queues of installations apart in one Redis. */
  async queuePrefix(): Promise<string> {
    const [row] = await this.db.query<{ id: string }>(
      `SELECT value #>> '{}' AS id FROM setting WHERE name = 'installation_id'`,
    );
    return `quayside-${row?.id ?? ''}`;
  }

  async unsent(): Promise<number> {
    const [row] = await this.db.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
    return row?.count ?? 0;
  }

  /** The containers that the last reports name. */
  async containers(): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT c ->> 'id' AS id FROM instance_view, jsonb_array_elements(containers) c ORDER BY 1`,
    );
    return rows.map(({ id }) => id);
  }

  async read(): Promise<Records> {
    const [audits] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM audit a LEFT JOIN domain_event e ON e.id = a.event_id
        WHERE a.event_id IS NOT NULL AND e.id IS NULL`,
    );
    return {
      instances: await this.db.query<InstanceRecord>(INSTANCES),
      events: await this.db.query<EventRecord>(EVENTS),
      statuses: await this.db.query<StatusRecord>(
        'SELECT instance_id, generation, sequence FROM chaos_status ORDER BY position',
      ),
      orphanedAudits: audits?.count ?? 0,
      unsent: await this.unsent(),
    };
  }

  /**
   * Lets the terms of processes that were killed run out at once: nobody is left who could renew them. The test would
   * only wait otherwise.
   */
  async expireTermsOfTheDead(what: 'leases' | 'claims'): Promise<void> {
    if (what === 'leases') await this.db.execute(`UPDATE lease SET until = '-infinity'`);
    else await this.db.execute('UPDATE idempotency_key SET claimed_until = now() WHERE response IS NULL');
  }
}

function isSettled(instance: InstanceRecord): boolean {
  if (instance.desired_state === 'deleted') return instance.is_gone;
  return instance.phase === instance.desired_state && instance.seen_generation === instance.generation;
}
