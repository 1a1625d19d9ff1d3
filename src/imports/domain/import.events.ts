import { type DomainEvent } from '@app/kernel';
import { type ItemResult } from './import-plan';

const fact = (name: string, id: string, results: readonly ItemResult[], now: Date): DomainEvent => ({
  ...{ name, aggregateType: 'imports', aggregateId: id, occurredAt: now },
  data: { import_id: id, items: results.map(({ name: item, status }) => ({ name: item, status })) },
});

export const importCommitted = (id: string, results: readonly ItemResult[], now: Date): DomainEvent =>
  fact('mcp.import.committed', id, results, now);

export const importUndone = (id: string, results: readonly ItemResult[], now: Date): DomainEvent =>
  fact('mcp.import.undone', id, results, now);
