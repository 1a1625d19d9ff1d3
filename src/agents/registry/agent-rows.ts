import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation, storableJson } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { type Agent, type AgentContent, type AgentStatus, type DrainedBy } from '../domain/agent';
import { AgentNameTakenError, AgentUnknownError } from '../domain/agents.errors';

export const AGENT_COLUMNS = `
  a.id, a.workspace_id AS "workspaceId", a.name, a.owner, a.key_id AS "keyId", a.type, a.description, a.capabilities,
  a.endpoints, a.resources, a.labels, a.max_tasks AS "maxTasks", a.card, a.status, a.status_reason AS "statusReason",
  a.status_since AS "statusSince", a.drained_by AS "drainedBy", a.row_version AS "rowVersion",
  a.created_at AS "createdAt", a.updated_at AS "updatedAt"`;

export type NewAgent = AgentContent & Pick<Agent, 'id' | 'workspaceId' | 'name' | 'owner' | 'card'>;

export interface StatusChange {
  readonly status: AgentStatus;
  readonly reason: string;
  readonly drainedBy: DrainedBy | null;
}

/** The statements about the registry; those that change something are called inside a transaction. */
@Injectable()
export class AgentRows {
  constructor(private readonly db: Database) {}

  async get(scope: Scope, idOrName: string, lock: '' | 'FOR UPDATE' = ''): Promise<Agent> {
    const agent = await this.find(scope, idOrName, lock);
    if (agent === undefined) throw new AgentUnknownError(idOrName);
    return agent;
  }

  async find(
    { workspaceId }: Scope,
    idOrName: string,
    lock: '' | 'FOR UPDATE' = '',
  ): Promise<Agent | undefined> {
    const by = isUuid(idOrName) ? 'a.id = $2::uuid' : 'a.name = $2';
    const [agent] = await this.db.query<Agent>(
      `SELECT ${AGENT_COLUMNS} FROM agent a WHERE a.workspace_id = $1 AND ${by} ${lock}`,
      [workspaceId, idOrName],
    );
    return agent;
  }

  /** By its name alone, even one that looks like an id. */
  async named({ workspaceId }: Scope, name: string): Promise<Agent | undefined> {
    const [agent] = await this.db.query<Agent>(
      `SELECT ${AGENT_COLUMNS} FROM agent a WHERE a.workspace_id = $1 AND a.name = $2 FOR UPDATE`,
      [workspaceId, name],
    );
    return agent;
  }

  /**
   * Whoever registers a new agent stands in line from here to the end of the transaction: a count that another one could
   * change in between would let one too many in.
   */
  async countForNewOne(): Promise<number> {
    await this.db.execute(`SELECT pg_advisory_xact_lock(hashtextextended('agents.register', 0))`);
    const [row] = await this.db.query<{ count: number }>(`SELECT count(*)::int AS count FROM agent`);
    return row?.count ?? 0;
  }

  async insert(agent: NewAgent): Promise<void> {
    try {
      await this.db.execute(
        `INSERT INTO agent (id, workspace_id, name, owner, card, type, description, capabilities, endpoints, resources, labels,
                            max_tasks, status_reason)
         VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9::jsonb, $10::jsonb, $11::jsonb, $12, 'It was registered.')`,
        [agent.id, agent.workspaceId, agent.name, agent.owner, jsonOrNull(agent.card), ...contentOf(agent)],
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new AgentNameTakenError(agent.name);
      throw error;
    }
  }

  async rememberKey(id: string, keyId: string): Promise<void> {
    await this.db.execute(`UPDATE agent SET key_id = $2 WHERE id = $1`, [id, keyId]);
  }

  async update(agent: AgentContent & Pick<Agent, 'id' | 'card'>): Promise<void> {
    await this.db.execute(
      `UPDATE agent SET card = $2::jsonb, type = $3, description = $4, capabilities = $5, endpoints = $6::jsonb,
              resources = $7::jsonb, labels = $8::jsonb, max_tasks = $9, row_version = row_version + 1, updated_at = now()
        WHERE id = $1`,
      [agent.id, jsonOrNull(agent.card), ...contentOf(agent)],
    );
  }

  async setStatus(id: string, { status, reason, drainedBy }: StatusChange): Promise<void> {
    await this.db.execute(
      `UPDATE agent SET status = $2, status_reason = $3, drained_by = $4, status_since = now(),
              row_version = row_version + 1, updated_at = now()
        WHERE id = $1`,
      [id, status, reason, drainedBy],
    );
  }

  async remove(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM agent WHERE id = $1`, [id]);
    await this.db.execute(`DELETE FROM agent_presence WHERE agent_id = $1`, [id]);
    await this.db.execute(`DELETE FROM agent_heartbeats WHERE agent_id = $1`, [id]);
  }
}

const jsonOrNull = (value: object | null): string | null => (value === null ? null : storableJson(value));

const contentOf = (content: AgentContent): readonly unknown[] => [
  ...[content.type, content.description, content.capabilities, storableJson(content.endpoints)],
  ...[storableJson(content.resources), storableJson(content.labels), content.maxTasks],
];
