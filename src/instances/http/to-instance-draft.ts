import { type JsonObject, type JsonValue } from '@app/kernel';
import { InstanceSpecInvalidError } from '../domain/instance.errors';
import { type InstanceDraft, type InstancePatch } from '../domain/instance-draft';
import { type CreateInstanceDto } from './create-instance.dto';
import { type UpdateInstanceDto } from './instance-requests.dto';

/** snake_case outside, camelCase inside; bodies come from a JSON parser, so that everything in them is JSON. */
export function toInstanceDraft(body: CreateInstanceDto): InstanceDraft {
  return {
    name: nameOf(body),
    description: body.description ?? '',
    labels: (body.labels ?? {}) as JsonObject,
    agentId: body.agent_id ?? null,
    replicas: body.replicas ?? 1,
    ...(body.template === undefined ? {} : { template: body.template }),
    ...(typeof body.server_spec_id === 'string' ? { serverSpecId: body.server_spec_id } : {}),
    jsonSpec: (body.json_spec ?? {}) as JsonObject,
    environment: (body.environment ?? {}) as Record<string, JsonValue>,
  };
}

/** `null` clears the description and the labels; nothing else can be cleared, so it counts as not sent. */
export function toInstancePatch({
  name,
  description,
  labels,
  replicas,
  json_spec: jsonSpec,
}: UpdateInstanceDto): InstancePatch {
  return {
    ...(isGiven(name) ? { name } : {}),
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(labels === undefined ? {} : { labels: labels as JsonObject | null }),
    ...(isGiven(replicas) ? { replicas } : {}),
    ...(isGiven(jsonSpec) ? { jsonSpec: jsonSpec as JsonObject } : {}),
  };
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;

function nameOf({ name, service_name: serviceName }: CreateInstanceDto): string {
  if (name !== undefined && serviceName !== undefined && name !== serviceName)
    throw new InstanceSpecInvalidError([
      { pointer: '/service_name', code: 'conflict', detail: 'says another name than name' },
    ]);
  const chosen = name ?? serviceName;
  if (chosen === undefined)
    throw new InstanceSpecInvalidError([{ pointer: '/name', code: 'required', detail: 'name is required' }]);
  return chosen;
}
