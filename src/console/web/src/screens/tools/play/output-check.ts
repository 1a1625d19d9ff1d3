import { type Schema, Validator } from '@cfworker/json-schema';

/** Expressions of a server could stop the page; the rest of its schema says enough. */
const UNSAFE: ReadonlySet<string> = new Set(['pattern', 'patternProperties', '$id', '$schema']);
const FAULTS_MAX = 5;

/** What of a structured result is not as the tool's own schema says; undefined where there is nothing to say. */
export function faultsOf(result: unknown, schema: unknown): readonly string[] | undefined {
  if (typeof schema !== 'object' || schema === null || result === undefined) return undefined;
  try {
    const { valid, errors } = new Validator(withoutUnsafe(schema) as Schema, '2020-12', false).validate(
      result,
    );
    if (valid) return [];
    return errors.slice(-FAULTS_MAX).map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
  } catch {
    // A schema that cannot be followed says nothing.
    return undefined;
  }
}

function withoutUnsafe(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnsafe);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) => !UNSAFE.has(name) || typeof member === 'object',
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutUnsafe(member)]));
}
