import { type JsonObject, type JsonValue } from '@app/kernel';
import { definitionOfBody } from '../../catalog';
import { ManifestUnreadableError, ownSecretsOf, readManifest } from '../../exports';
import { type Found, type FoundServer } from '../domain/found-server';
import { type PlannedDefinition, type PlannedInstance } from '../domain/import-plan';
import { slugOf } from './slug';
import { StructureFault } from './structured-text';

/** The first thing that is said in what `GET /api/v1/export` answers. */
const HEAD = /^(?:\s*#[^\n]*\n)*\s*\{?\s*"?quayside"?\s*:/;

export const isOwnExport = (text: string): boolean => HEAD.test(text);

/**
 * Definitions and instances of an installation. Each definition comes with the instance of its own name; instances of other
 * names come by themselves, after all definitions.
 */
export function readOwnExport(text: string): readonly Found[] {
  const { servers = [], instances = [] } = parsed(text);
  const names = new Set(servers.map(({ name }) => name));
  return [
    ...servers.map((server) =>
      definitionFound(
        server,
        instances.find(({ name }) => name === server.name),
      ),
    ),
    ...instances.filter(({ name }) => !names.has(name)).map(instanceFound),
  ];
}

function parsed(text: string): ReturnType<typeof readManifest> {
  try {
    return readManifest(text);
  } catch (error) {
    if (error instanceof ManifestUnreadableError)
      throw new StructureFault(error.message.replace(/\.$/, ''), { cause: error });
    throw error;
  }
}

const blank = (name: string): Omit<FoundServer, 'run' | 'warnings'> => ({
  ...{ name: slugOf(name), description: '', version: '', environment: {}, declared: [] },
});

function definitionFound(server: JsonObject & { readonly name: string }, instance?: JsonObject): Found {
  const read = definitionOfBody(server);
  if ('fault' in read) return { name: slugOf(server.name), refusal: `Refused: ${read.fault}.` };
  const { isPublic: _isPublic, status, ...rest } = read.definition;
  const definition: PlannedDefinition = {
    ...{ ...rest, origin: null },
    status: status === 'published' ? status : 'draft',
  };
  const made = instance === undefined ? { warnings: [] } : plannedInstance(instance);
  return {
    ...blank(server.name),
    run: { kind: 'declared', definition, instance: made.instance ?? null },
    warnings: [...(status === 'archived' ? ['It was archived there.'] : []), ...made.warnings],
  };
}

function instanceFound(instance: JsonObject & { readonly name: string }): Found {
  const { instance: planned, warnings } = plannedInstance(instance);
  if (planned === undefined)
    return { name: slugOf(instance.name), refusal: `Refused: ${warnings.join(' ')}` };
  return {
    ...blank(instance.name),
    run: { kind: 'declared', definition: null, instance: planned },
    warnings,
  };
}

interface MadeInstance {
  /** undefined: none is made, and the warnings say why. */
  readonly instance?: PlannedInstance;
  readonly warnings: readonly string[];
}

function plannedInstance(item: JsonObject): MadeInstance {
  const { json_spec: spec, desired_state: state, server_spec_id: server, name } = item;
  const { replicas, description, labels } = item;
  const secrets = ownSecretsOf(item);
  if (!isObject(spec) || typeof name !== 'string')
    return { warnings: ['Its instance has no specification.'] };
  if (state === 'stopped') return { warnings: ['Its instance was stopped; none is made.'] };
  if (secrets.length > 0)
    return {
      warnings: secrets.map((secret) => `${secret} has no value: give it when you install it.`),
    };
  return {
    warnings: [],
    instance: {
      ...{ name, jsonSpec: spec, environment: {} },
      ...(typeof server === 'string' ? { definition: server } : {}),
      ...(typeof replicas === 'number' ? { replicas } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(isObject(labels) ? { labels } : {}),
    },
  };
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
