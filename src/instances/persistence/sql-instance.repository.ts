import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, isForeignKeyViolation, isUniqueViolation } from '@app/database';
import { StaleVersionError } from '@app/http';
import { isUuid } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { InstanceAnnouncer } from '../announcing/instance-announcer';
import { Instance, type InstanceState } from '../domain/instance';
import {
  InstanceNameTakenError,
  InstanceNotFoundError,
  InstanceQuotaExceededError,
  TemplateUnknownError,
} from '../domain/instance.errors';
import { instanceTag, wishOfTag } from '../domain/instance-tag';
import { type InstanceScope } from '../domain/instance-scope';
import { InstanceRepository, NeedsExactCountError, type Saved } from '../domain/instance.repository';
import { type OperationKind } from '../domain/operation';
import { InstancesOptions } from '../instances.options';
import { type InstanceRow, toState } from './instance.row';
import { QuotaGauge } from './quota-gauge';

/** Where a request names its definition. */
const DEFINITION_POINTER = '/server_spec_id';
/** One number for the quota's lock; it means nothing else anywhere. */
const QUOTA_LOCK = 7_402_911;

const LIVE_COUNT = `(SELECT count(*) FROM instances WHERE deleted_at IS NULL)`;

/** Whoever counts exactly waits for those who hold the shared lock, so that none of them is on its way unseen. */
const FAST_TICKET = `gate AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${QUOTA_LOCK}) AS held),
  ticket AS MATERIALIZED (SELECT nextval('instance_ticket') AS number FROM gate)`;
const EXACT_TICKET = `ticket AS MATERIALIZED (SELECT nextval('instance_ticket') AS number)`;

const insertSql = (ticket: string, hasRoom: string): string => `
  WITH ${ticket},
       made AS (INSERT INTO instances (id, name, description, server_spec_id, agent_id, json_spec,
                  undeclared_environment, desired_state, generation, replicas, created_at, updated_at,
                  workspace_id, created_by, labels)
                SELECT $1::uuid, $2, $3, $4::uuid, $5, $6::jsonb, $7::text[], 'running', 1, $8::int, $9::timestamptz, $9,
                       $11::uuid, $12, $13::jsonb
                  FROM ticket WHERE ${hasRoom} RETURNING id),
       begun AS (INSERT INTO operation (id, kind, resource_type, resource_id, resource_name, generation, created_at, workspace_id)
                 SELECT $10::uuid, 'create', 'instances', id, $2, 1, $9, $11::uuid FROM made)
  SELECT id FROM made`;

const INSERT_FAST = insertSql(FAST_TICKET, '$14::float8 + number <= $15::int');
const INSERT_EXACT = insertSql(EXACT_TICKET, `${LIVE_COUNT} < $14::int`);

/** An operation on what is already as wanted has succeeded when it begins. */
const UPDATE = `
  WITH changed AS (UPDATE instances SET name = $3, description = $4, json_spec = $5::jsonb, undeclared_environment = $6::text[],
                          desired_state = $7, generation = $8, replicas = $9, row_version = $10, updated_at = $11,
                          container_generation = $15, container_generation_for = $8, labels = $16::jsonb
                    WHERE id = $1 AND row_version = $2 RETURNING id, workspace_id),
       begun AS (INSERT INTO operation (id, kind, resource_type, resource_id, resource_name, generation, status, progress, created_at, finished_at,
                                        workspace_id)
                 SELECT $12::uuid, $13, 'instances', c.id, $3, $8, CASE WHEN s.phase IS NULL THEN 'pending' ELSE 'succeeded' END,
                        CASE WHEN s.phase IS NULL THEN 0 ELSE 1 END, now(), CASE WHEN s.phase IS NULL THEN NULL ELSE now() END, c.workspace_id
                   FROM changed c LEFT JOIN instance_status s ON s.instance_id = c.id AND s.generation = $8 AND s.phase = $14
                  WHERE $12::uuid IS NOT NULL)
  SELECT id FROM changed`;

@Injectable()
export class SqlInstanceRepository extends InstanceRepository {
  /** What was loaded, for as long as somebody works on it: the audit row shows what a change found. */
  private readonly found = new WeakMap<Instance, InstanceState>();

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly announcer: InstanceAnnouncer,
    private readonly gauge: QuotaGauge,
    private readonly options: InstancesOptions,
  ) {
    super();
  }

  override async insert(
    { workspaceId, actor }: InstanceScope,
    instance: Instance,
    counting: 'fast' | 'exact',
  ): Promise<{ operationId: string }> {
    const operationId = randomUUID();
    const s = instance.snapshot();
    const values = [s.id, s.name, s.description, s.serverSpecId, s.agentId, JSON.stringify(s.spec)];
    const more = [workspaceId, actor, JSON.stringify(s.labels)];
    const params = [...values, s.undeclaredEnvironment, s.replicas, s.createdAt, operationId, ...more];
    await this.uniquely(s.name, () =>
      counting === 'fast' ? this.insertFast(params) : this.insertExact(params),
    ).catch((error: unknown) => {
      // Judged a moment ago, deleted since: the constraint is the truth here, too.
      throw isForeignKeyViolation(error)
        ? new TemplateUnknownError(s.serverSpecId ?? '', DEFINITION_POINTER)
        : error;
    });
    await this.events.append(instance.takeEvents(), { after: s });
    this.announcer.changed(s.id);
    return { operationId };
  }

  override async findMade(
    { workspaceId }: InstanceScope,
    id: string,
  ): Promise<{ state: InstanceState; operationId: string } | undefined> {
    const [row] = await this.db.query<InstanceRow & { operation_id: string }>(
      `SELECT i.*, o.id AS operation_id
         FROM instances i JOIN operation o ON o.resource_id = i.id AND o.kind = 'create'
        WHERE i.id = $1 AND i.workspace_id = $2`,
      [id, workspaceId],
    );
    return row === undefined ? undefined : { state: toState(row), operationId: row.operation_id };
  }

  override async lock(
    scope: InstanceScope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<Instance> {
    const [row] = await this.db.query<InstanceRow & { container_generation: number }>(
      `SELECT id, name, description, labels, server_spec_id, agent_id, json_spec, undeclared_environment, desired_state,
              generation, replicas, row_version, created_at, updated_at,
              CASE WHEN container_generation_for = generation THEN container_generation ELSE generation END AS container_generation
         FROM instances WHERE deleted_at IS NULL AND workspace_id = $3 AND (id = $1::uuid OR name = $2)
        ORDER BY id = $1::uuid DESC NULLS LAST LIMIT 1 FOR NO KEY UPDATE`,
      [isUuid(idOrName) ? idOrName : null, idOrName, scope.workspaceId],
    );
    if (row === undefined) throw new InstanceNotFoundError(idOrName);
    scope.admit(row, () => new InstanceNotFoundError(idOrName));
    if (!isWishOf(expectedVersions, row.row_version)) throw await this.staleVersion(row);
    const state = toState(row);
    const instance = Instance.restore(state, row.container_generation);
    this.found.set(instance, state);
    return instance;
  }

  override async update(instance: Instance, kind: OperationKind): Promise<Saved> {
    const s = instance.snapshot();
    // A change of words alone is nothing to wait for; everything else, repeated commands too, can be waited for.
    const operationId = kind !== 'update' || instance.isProvisioningDue ? randomUUID() : null;
    await this.uniquely(s.name, () =>
      this.db.query(UPDATE, [
        ...[
          s.id,
          instance.loadedVersion,
          s.name,
          s.description,
          JSON.stringify(s.spec),
          s.undeclaredEnvironment,
        ],
        ...[s.desired, s.generation, s.replicas, s.rowVersion, s.updatedAt, operationId, kind, TARGETS[kind]],
        ...[instance.containerGeneration, JSON.stringify(s.labels)],
      ]),
    );
    const before = this.found.get(instance);
    if (instance.hasChanged) await this.events.append(instance.takeEvents(), { before, after: s });
    this.announcer.changed(s.id);
    return operationId === null ? {} : { operationId };
  }

  private async insertFast(params: readonly unknown[]): Promise<void> {
    const { maxInstances } = this.options;
    const made = await this.db.query(INSERT_FAST, [...params, await this.gauge.offset(), maxInstances]);
    if (made.length > 0) return;
    this.gauge.distrust();
    throw new NeedsExactCountError();
  }

  private async insertExact(params: readonly unknown[]): Promise<void> {
    // A statement of its own: what the holders before us committed must be visible to the one that counts.
    await this.db.query(`SELECT pg_advisory_xact_lock(${QUOTA_LOCK})`);
    const made = await this.db.query(INSERT_EXACT, [...params, this.options.maxInstances]);
    if (made.length === 0) throw new InstanceQuotaExceededError(this.options.maxInstances);
  }

  /** Names the tag that a reader would get now. */
  private async staleVersion({ id, row_version: rowVersion }: InstanceRow): Promise<StaleVersionError> {
    const [seen] = await this.db.query<{ sequence: string }>(
      `SELECT status_sequence AS sequence FROM instance_view WHERE id = $1`,
      [id],
    );
    return new StaleVersionError(instanceTag(rowVersion, Number(seen?.sequence ?? 0)));
  }

  /** The constraint is the truth when two callers race. Only the same request, repeated, comes with the same id. */
  private async uniquely(name: string, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (isUniqueViolation(error, 'instances_live_name') || isUniqueViolation(error, 'instances_pkey'))
        throw new InstanceNameTakenError(name);
      throw error;
    }
  }
}

/** A tag also counts what was seen; a change is refused only when somebody else changed the wish. */
const isWishOf = (expected: readonly number[] | undefined, rowVersion: number): boolean =>
  expected === undefined || expected.some((tag) => wishOfTag(tag) === rowVersion);

const TARGETS: Readonly<Record<OperationKind, string>> = {
  create: 'running',
  update: 'running',
  start: 'running',
  restart: 'running',
  stop: 'stopped',
  delete: 'deleted',
};
