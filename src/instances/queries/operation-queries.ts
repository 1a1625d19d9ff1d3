import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type JsonObject } from '@app/kernel';
import { OperationNotFoundError } from '../domain/instance.errors';
import { type InstanceScope } from '../domain/instance-scope';
import { type OperationKind, type OperationStatus, type OperationStep } from '../domain/operation';

export interface OperationView {
  readonly id: string;
  readonly kind: OperationKind | 'rotate_key';
  readonly resource_type: 'instances' | 'keyring';
  readonly resource_id: string;
  readonly resource_name: string;
  readonly status: OperationStatus;
  readonly progress: number;
  readonly steps: readonly OperationStep[];
  readonly error: JsonObject | null;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

@Injectable()
export class OperationQueries {
  constructor(private readonly db: Database) {}

  async get(scope: InstanceScope, id: string): Promise<OperationView> {
    const [operation] = isUuid(id)
      ? await this.db.query<OperationView>(
          `SELECT id, kind, resource_type, resource_id, resource_name, status, progress, steps, error, created_at, finished_at
             FROM operation WHERE id = $1 AND workspace_id = $2`,
          [id, scope.workspaceId],
        )
      : [];
    if (operation === undefined) throw new OperationNotFoundError();
    const { resource_id: resourceId, resource_name: name } = operation;
    scope.admit({ id: resourceId, name }, () => new OperationNotFoundError());
    return operation;
  }
}
