import { Injectable } from '@nestjs/common';
import { SecretVault } from '../../secrets';
import { StatusChange } from '../domain/status-change';
import { OperationRows } from './operation-rows';
import { StatusRows } from './status-rows';

/** The instances that reports are about: locked, changed in memory, stored; within the caller's transaction. */
@Injectable()
export class ReportedInstances {
  constructor(
    private readonly statuses: StatusRows,
    private readonly operations: OperationRows,
    private readonly vault: SecretVault,
  ) {}

  /** By id; those that are gone are left out. */
  async begin(ids: readonly string[]): Promise<ReadonlyMap<string, StatusChange>> {
    const instances = await this.statuses.lock(ids);
    if (instances.length === 0) return new Map();
    const locked = instances.map(({ id }) => id);
    const known = await this.statuses.known(locked);
    const open = await this.operations.open(locked);
    return new Map(
      instances.map((instance) => [
        instance.id,
        new StatusChange(instance, known.get(instance.id), open.get(instance.id) ?? []),
      ]),
    );
  }

  async store(changes: ReadonlyMap<string, StatusChange>): Promise<void> {
    const statuses = [...changes].flatMap(([id, { status }]) =>
      status === undefined ? [] : [[id, status] as const],
    );
    await this.statuses.store(new Map(statuses));
    await this.operations.store([...changes.values()].flatMap(({ operations }) => operations));
    for (const [id, { isEnded }] of changes) if (isEnded) await this.end(id);
  }

  private async end(id: string): Promise<void> {
    await this.statuses.markDeleted(id);
    await this.vault.deleteScope(id);
  }
}
