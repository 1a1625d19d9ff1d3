import { type FieldProblem, type JsonObject } from '@app/kernel';
import { partsOf, textsOf } from '../../templates';

/** What says something about all of a value at once; it proves nothing where part of the value is not known yet. */
const OF_THE_WHOLE: ReadonlySet<string> = new Set([
  ...['anyOf', 'oneOf', 'not', 'if', 'contains', 'dependentSchemas', 'propertyNames', 'uniqueItems'],
  ...['const', 'enum', 'unevaluatedProperties', 'unevaluatedItems'],
]);
/** About which members there are, whatever they hold. */
const OF_MEMBERS: ReadonlySet<string> = new Set(['required', 'additionalProperties']);

interface Unknown {
  readonly pointer: string;
  /** A text with references in it is a text, whatever they give. */
  readonly isText: boolean;
}

/**
 * Of the faults that a schema finds in arguments with templates in them, those that are faults whatever the templates give.
 * A value that is not known yet is taken for a fitting one.
 */
export function certainProblems(
  faults: readonly FieldProblem[],
  args: JsonObject,
  at: string,
): readonly FieldProblem[] {
  const unknown = unknownIn(args, at);
  const open = faults
    .filter(
      ({ code, pointer }) => OF_THE_WHOLE.has(code) && unknown.some((one) => isWithin(one.pointer, pointer)),
    )
    .map(({ pointer }) => pointer);
  return faults.filter(
    (fault) => !open.some((pointer) => isWithin(fault.pointer, pointer)) && isCertain(fault, unknown),
  );
}

function unknownIn(args: JsonObject, at: string): readonly Unknown[] {
  return textsOf(args, at).flatMap(({ pointer, text }) => {
    const parts = partsOf(text);
    return parts.some((part) => typeof part !== 'string') ? [{ pointer, isText: parts.length > 1 }] : [];
  });
}

function isCertain({ code, pointer }: FieldProblem, unknown: readonly Unknown[]): boolean {
  if (OF_MEMBERS.has(code)) return true;
  const found = unknown.find((one) => one.pointer === pointer);
  return found === undefined || (found.isText && code === 'type');
}

const isWithin = (pointer: string, outer: string): boolean =>
  pointer === outer || pointer.startsWith(`${outer}/`);
