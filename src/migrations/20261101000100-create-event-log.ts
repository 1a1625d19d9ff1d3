import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The append-only log of facts, the outbox that publishes them, the inbox that makes consumers idempotent. */
export class CreateEventLog20261101000100 implements MigrationInterface {
  readonly name = 'CreateEventLog20261101000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE domain_event (
        id uuid PRIMARY KEY,
        -- The public number: given by the relay in commit order, so that a reader who saw n has seen all before n.
        sequence bigint UNIQUE,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        name text NOT NULL,
        aliases text[] NOT NULL DEFAULT '{}',
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        data jsonb NOT NULL,
        actor text NOT NULL,
        correlation_id text NOT NULL,
        causation_id text,
        traceparent text,
        occurred_at timestamptz NOT NULL
      );
      CREATE INDEX domain_event_by_aggregate ON domain_event (aggregate_type, aggregate_id, occurred_at DESC, id DESC);
      CREATE INDEX domain_event_by_time ON domain_event (occurred_at);
      CREATE SEQUENCE domain_event_sequence;

      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        event_id uuid NOT NULL REFERENCES domain_event (id),
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE inbox (
        consumer text NOT NULL,
        message_id text NOT NULL,
        processed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, message_id)
      );
      CREATE INDEX inbox_by_time ON inbox (processed_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE inbox; DROP TABLE outbox; DROP SEQUENCE domain_event_sequence; DROP TABLE domain_event;`,
    );
  }
}
