import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject } from '@app/kernel';
import { type OperationKind, type OperationStatus, type OperationStep } from '../domain/operation';
import { type OpenOperation } from '../domain/status-change';

interface OperationRow {
  id: string;
  resource_id: string;
  kind: OperationKind;
  generation: number;
  status: OperationStatus;
  progress: number;
  steps: OperationStep[];
  error: JsonObject | null;
}

/** Commands given faster than they are carried out; the oldest of more than this wait for the next report. */
const OPEN_OPERATIONS_MAX = 100;

/** How reports move the operations of instances; joins the caller's transaction, which holds the instances' locks. */
@Injectable()
export class OperationRows {
  constructor(private readonly db: Database) {}

  /** Those that have not ended, the oldest first, by instance. */
  async open(instanceIds: readonly string[]): Promise<ReadonlyMap<string, readonly OpenOperation[]>> {
    const rows = await this.db.query<OperationRow>(
      `SELECT o.* FROM unnest($1::uuid[]) AS i(id), LATERAL (
         SELECT id, resource_id, kind, generation, status, progress, steps, error FROM operation
          WHERE resource_id = i.id AND status IN ('pending', 'running')
          ORDER BY created_at LIMIT ${OPEN_OPERATIONS_MAX}) o`,
      [instanceIds],
    );
    const open = new Map<string, OpenOperation[]>();
    for (const { resource_id: instanceId, ...row } of rows)
      open.set(instanceId, [...(open.get(instanceId) ?? []), { ...row, finishedAt: null }]);
    return open;
  }

  async store(operations: readonly OpenOperation[]): Promise<void> {
    if (operations.length === 0) return;
    await this.db.execute(
      `UPDATE operation o SET status = g.status, progress = g.progress, steps = g.steps, error = g.error, finished_at = g.finished_at
         FROM jsonb_to_recordset($1::jsonb) AS g(id uuid, status text, progress real, steps jsonb, error jsonb, finished_at timestamptz)
        WHERE o.id = g.id`,
      [storableJson(operations.map(toRow))],
    );
  }
}

const toRow = ({ id, status, progress, steps, error, finishedAt }: OpenOperation): object => ({
  id,
  status,
  progress,
  steps,
  error,
  finished_at: finishedAt?.toISOString() ?? null,
});
