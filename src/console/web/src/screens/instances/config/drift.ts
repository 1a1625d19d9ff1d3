import { type components } from '~/api/schema.gen';
import { type Instance } from '../data/instance';

type Template = components['schemas']['ServerDto'];

export type DriftKind = 'image' | 'port' | 'transport' | 'command' | 'missing' | 'unused' | 'removed';

export interface Drift {
  readonly kind: DriftKind;
  /** The variable, where it is about one. */
  readonly name?: string;
  readonly template?: string;
  readonly here?: string;
}

type Members = Readonly<Record<string, unknown>>;

function shown(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const FIELDS: readonly (readonly [DriftKind, keyof Template, string])[] = [
  ['image', 'docker_image_url', 'image'],
  ['port', 'port', 'port'],
  ['transport', 'transport', 'transport'],
  ['command', 'command', 'command'],
];

/**
 * Where an instance is another than its template would make it today: parts that the template sets otherwise, variables that it
 * declares and that have no value here, and variables that it does not declare (any more).
 */
export function driftOf(instance: Instance, template: Template): readonly Drift[] {
  return [...fieldDrift(instance.json_spec, template), ...variableDrift(instance, template)];
}

function fieldDrift(spec: Instance['json_spec'], template: Template): readonly Drift[] {
  if (spec.type !== 'docker') return [];
  return FIELDS.flatMap(([kind, field, member]): readonly Drift[] => {
    const there = shown(template[field]);
    const here = shown((spec as Members)[member]);
    // What the template leaves open is no difference.
    if (there === undefined || there === here) return [];
    return [{ kind, template: there, ...(here === undefined ? {} : { here }) }];
  });
}

function variableDrift({ json_spec: spec }: Instance, { env_schema: schema }: Template): readonly Drift[] {
  if (spec.type === 'url') return [];
  const values = ((spec as Members)['environment'] ?? {}) as Members;
  const declared = new Set(schema.map(({ name }) => name));
  const unset = schema.filter(({ name }) => !Object.hasOwn(values, name));
  return [
    ...unset
      .filter(({ required }) => required === true)
      .map(({ name }): Drift => ({ kind: 'missing', name })),
    ...unset.filter(({ required }) => required !== true).map(({ name }): Drift => ({ kind: 'unused', name })),
    ...Object.keys(values)
      .filter((name) => !declared.has(name))
      .map((name): Drift => ({ kind: 'removed', name })),
  ];
}
