import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject } from '@app/kernel';
import {
  advanceOperation,
  type OperationKind,
  type OperationProgress,
  type OperationStatus,
  type OperationStep,
  type PhaseReport,
} from '../domain/operation';

interface OperationRow {
  id: string;
  kind: OperationKind;
  generation: number;
  status: OperationStatus;
  progress: number;
  steps: OperationStep[];
  error: JsonObject | null;
}

/** Commands given faster than they are carried out; the oldest of more than this wait for the next report. */
const OPEN_OPERATIONS_MAX = 100;

/** How reports move the operations of an instance; joins the caller's transaction. */
@Injectable()
export class OperationRows {
  constructor(private readonly db: Database) {}

  async advance(instanceId: string, report: PhaseReport): Promise<void> {
    const rows = await this.db.query<OperationRow>(
      `SELECT id, kind, generation, status, progress, steps, error FROM operation
        WHERE resource_id = $1 AND status IN ('pending', 'running')
        ORDER BY created_at LIMIT ${OPEN_OPERATIONS_MAX} FOR UPDATE`,
      [instanceId],
    );
    for (const row of rows) await this.store(row.id, { ...row, finishedAt: null }, report);
  }

  private async store(id: string, before: OperationProgress, report: PhaseReport): Promise<void> {
    const after = advanceOperation(before, report);
    if (after === before) return;
    await this.db.execute(
      `UPDATE operation SET status = $2, progress = $3, steps = $4, error = $5, finished_at = $6 WHERE id = $1`,
      [
        ...[id, after.status, after.progress, storableJson(after.steps)],
        ...[after.error === null ? null : storableJson(after.error), after.finishedAt],
      ],
    );
  }
}
