import { type InstanceSpec } from '@app/contracts';
import { type DomainEvent, type JsonObject } from '@app/kernel';

/** What every fact about a wish carries: the specification whole, so that a subscriber needs to ask nobody. */
export interface RequestedFacts {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: InstanceSpec;
  readonly serverSpecId: string | null;
  readonly replicas: number;
}

type Verb = 'create' | 'update' | 'start' | 'stop' | 'restart' | 'delete';

export const requestedEventName = (verb: Verb): string => `mcp.instance.${verb}.requested`;

/** Names that the required documents give to these facts. */
const ALIASES: Partial<Record<Verb, readonly string[]>> = {
  create: ['mcp.server.create.requested', 'MCPServerInstanceCreated'],
  delete: ['MCPServerInstanceDeleted'],
};

export function instanceRequested(
  verb: Verb,
  facts: RequestedFacts,
  now: Date,
  more: JsonObject = {},
): DomainEvent {
  const aliases = ALIASES[verb];
  return {
    name: requestedEventName(verb),
    ...(aliases === undefined ? {} : { aliases }),
    aggregateType: 'instances',
    aggregateId: facts.id,
    occurredAt: now,
    data: {
      instance_id: facts.id,
      name: facts.name,
      generation: facts.generation,
      server_spec_id: facts.serverSpecId,
      replicas: facts.replicas,
      json_spec: specAsJson(facts.spec),
      ...more,
    },
  };
}

/** A specification holds JSON values only; its type says so in a way that `JsonObject` cannot see. */
export const specAsJson = (spec: InstanceSpec): JsonObject => ({ ...spec }) as unknown as JsonObject;
