import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who wants to be told of what. */
const SUBSCRIBERS = `
  CREATE TABLE webhook_endpoint (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    url text NOT NULL,
    description text NOT NULL DEFAULT '',
    -- Names of events, and beginnings of names followed by ".*".
    events text[] NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    -- Why it was switched off by us; empty while it is on, or where somebody switched it off.
    disabled_reason text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX webhook_endpoint_by_age ON webhook_endpoint (workspace_id, created_at DESC, id DESC);
  CREATE TABLE mail_recipient (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    address text NOT NULL,
    description text NOT NULL DEFAULT '',
    events text[] NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    created_by text NOT NULL,
    row_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, address)
  );
  -- Which versions of a secret sign: the values lie in the store of secrets, under the scope. The scope is an endpoint, or
  -- the workspace for addresses that runs name.
  CREATE TABLE webhook_signing (
    scope uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    version integer NOT NULL,
    previous_version integer,
    previous_until timestamptz
  );`;

const DELIVERIES = `
  -- An address that messages go to, and how it fares: shared by all that is sent there.
  CREATE TABLE notification_target (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    channel text NOT NULL CHECK (channel IN ('webhook', 'email')),
    address text NOT NULL,
    endpoint_id uuid UNIQUE REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    -- In a row.
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    -- Nothing is sent before; then one message tries it.
    closed_until timestamptz
  );
  CREATE UNIQUE INDEX notification_target_by_address ON notification_target (workspace_id, channel, address)
    WHERE endpoint_id IS NULL;
  CREATE TABLE notification_delivery (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    -- The sequence of the event: the order in which messages about one run are sent.
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    event text NOT NULL,
    subject text NOT NULL,
    run_id uuid,
    target_id uuid REFERENCES notification_target (id) ON DELETE SET NULL,
    endpoint_id uuid,
    channel text NOT NULL CHECK (channel IN ('webhook', 'email')),
    address text NOT NULL,
    -- Exactly the text that is sent and signed.
    body text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'retrying', 'delivered', 'failed')),
    -- All tries, and those since it was made or sent again by hand: the second chooses the pause.
    attempt integer NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    tried_since timestamptz NOT NULL DEFAULT now(),
    next_attempt_at timestamptz DEFAULT now(),
    lease_gen integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    reason text,
    response_status integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    UNIQUE (event_id, target_id)
  ) WITH (fillfactor = 80);
  CREATE INDEX notification_delivery_due ON notification_delivery (channel, target_id, next_attempt_at)
    WHERE status IN ('pending', 'retrying');
  CREATE INDEX notification_delivery_in_order ON notification_delivery (target_id, run_id, position)
    WHERE status IN ('pending', 'retrying') AND run_id IS NOT NULL;
  CREATE INDEX notification_delivery_by_age ON notification_delivery (workspace_id, created_at DESC, id DESC);
  CREATE INDEX notification_delivery_by_run ON notification_delivery (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX notification_delivery_by_target ON notification_delivery (target_id);
  CREATE TABLE notification_attempt (
    delivery_id uuid NOT NULL REFERENCES notification_delivery (id) ON DELETE CASCADE,
    number integer NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    duration_ms integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed')),
    reason text,
    detail text,
    -- What was asked, without the signature; the body is the delivery's.
    request jsonb NOT NULL,
    response_status integer,
    response text,
    PRIMARY KEY (delivery_id, number)
  );`;

/** How far the log of events was followed; what was there before is nobody's news. */
const POSITION = `
  CREATE TABLE notification_position (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint NOT NULL
  );
  INSERT INTO notification_position (sequence) SELECT coalesce(max(sequence), 0) FROM domain_event;`;

/** Messages to people and programs outside, and what became of each. */
export class CreateNotifications20261101002600 implements MigrationInterface {
  readonly name = 'CreateNotifications20261101002600';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [SUBSCRIBERS, DELIVERIES, POSITION]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE notification_position; DROP TABLE notification_attempt; DROP TABLE notification_delivery;
      DROP TABLE notification_target; DROP TABLE webhook_signing; DROP TABLE mail_recipient; DROP TABLE webhook_endpoint;`);
  }
}
