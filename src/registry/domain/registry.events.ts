import { type DomainEvent, type JsonObject } from '@app/kernel';
import { type NamedServer } from './server-names';

const fact = (name: string, id: string, data: JsonObject): DomainEvent => ({
  ...{ name, aggregateType: 'registry', aggregateId: id, occurredAt: new Date(), data },
});

const about = ({ kind, name }: NamedServer): JsonObject => ({ kind, name });

export const serverPublished = (server: NamedServer): DomainEvent =>
  fact('mcp.registry.published', server.name, about(server));

export const serverWithdrawn = (server: NamedServer): DomainEvent =>
  fact('mcp.registry.withdrawn', server.name, about(server));

export const refreshRequested = (url: string): DomainEvent =>
  fact('mcp.registry.refresh.requested', 'mirror', { url });
