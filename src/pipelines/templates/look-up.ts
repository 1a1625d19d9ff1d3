import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Reference } from './reference';
import { TemplateError } from './template-errors';

export interface StageOutcome {
  readonly status: string;
  /** Absent: the stage was skipped or has not ended. */
  readonly output?: JsonValue;
}

/** What templates and conditions of a run may see. */
export interface TemplateData {
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  /** By name of the stage. */
  readonly stages: Readonly<Record<string, StageOutcome>>;
}

type Found = { readonly value: JsonValue } | { readonly missing: string };

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** The value, or its fallback. Without either it throws: a stage must not start with a hole in its input. */
export function lookUp(reference: Reference, data: TemplateData): JsonValue {
  const found = find(reference, data);
  if ('value' in found) return found.value;
  if (reference.fallback !== undefined) return reference.fallback.value;
  throw new TemplateError('reference_missing', `${reference.text} is not there: ${found.missing}.`);
}

/** The same for conditions, which may ask whether something is there: what is missing is null. */
export function lookUpOrNull(reference: Reference, data: TemplateData): JsonValue {
  const found = find(reference, data);
  return 'value' in found ? found.value : (reference.fallback?.value ?? null);
}

function find(reference: Reference, data: TemplateData): Found {
  if (reference.root !== 'stages')
    return follow(data[reference.root], reference.path, `the run's ${reference.root}`);
  const { stage, field, path } = reference;
  if (!Object.hasOwn(data.stages, stage)) return { missing: `no stage "${stage}" came before` };
  const outcome = data.stages[stage];
  if (field === 'status') return { value: outcome?.status ?? null };
  if (outcome?.output === undefined)
    return { missing: `stage "${stage}" is ${outcome?.status ?? 'unknown'} and has no output` };
  return follow(outcome.output, path, `the output of stage "${stage}"`);
}

/** Own members only: what a prototype brings is no value of the run. */
function follow(from: JsonValue, path: readonly string[], what: string): Found {
  let value = from;
  for (const [at, segment] of path.entries()) {
    const next = memberOf(value, segment);
    if (next === undefined) {
      const where = at === 0 ? what : `"${path.slice(0, at).join('.')}" of ${what}`;
      return { missing: `${where} ${kindOf(value)} without "${segment}"` };
    }
    value = next;
  }
  return { value };
}

function memberOf(value: JsonValue, segment: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return INDEX.test(segment) ? (value as JsonValue[])[Number(segment)] : undefined;
  return Object.hasOwn(value, segment) ? (value as JsonObject)[segment] : undefined;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'is null';
  if (Array.isArray(value)) return `is a list of ${String(value.length)}`;
  if (typeof value === 'object') return 'is an object';
  return typeof value === 'string' ? 'is a text' : `is a ${typeof value}`;
}
