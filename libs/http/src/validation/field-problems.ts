import { type FieldProblem } from '@app/kernel';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { nearest } from './nearest';

export const UNKNOWN_FIELD = 'unknown_field';
const WHITELIST = 'whitelistValidation';
/** Names come from the caller: an answer never repeats a whole megabyte of them. */
const MAX_NAME_CHARACTERS = 128;
const MAX_DETAIL_CHARACTERS = 500;
/** Nested no deeper than bodies may be. */
const MAX_DEPTH = 64;

const CODES: Readonly<Partial<Record<string, string>>> = {
  [WHITELIST]: UNKNOWN_FIELD,
  isDefined: 'required',
  isNotEmpty: 'required',
  isIn: 'not_allowed',
  isEnum: 'not_allowed',
  isNotIn: 'not_allowed',
  equals: 'not_allowed',
  min: 'out_of_range',
  max: 'out_of_range',
  isPositive: 'out_of_range',
  minLength: 'length',
  maxLength: 'length',
  isLength: 'length',
  isByteLength: 'length',
  arrayMinSize: 'length',
  arrayMaxSize: 'length',
  arrayNotEmpty: 'length',
  arrayUnique: 'duplicate',
  matches: 'format',
  isUrl: 'url',
};

/** Every fault of a tree, as pointers below `base` (RFC 6901). */
export function toFieldProblems(
  faults: readonly ValidationError[],
  base = '',
  depth = 0,
): readonly FieldProblem[] {
  if (depth > MAX_DEPTH) return [];
  return faults.flatMap((fault) => {
    const pointer = `${base}/${escapeToken(cut(fault.property, MAX_NAME_CHARACTERS))}`;
    return [...ownProblems(fault, pointer), ...toFieldProblems(fault.children ?? [], pointer, depth + 1)];
  });
}

/** The fields that a DTO class declares. */
export const fieldsOf = (dto: new () => object): readonly string[] => [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(dto, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

export function unknownField(name: string, known: readonly string[], noun: string): string {
  const meant = nearest(name, known);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `"${cut(name, MAX_NAME_CHARACTERS)}" is not a ${noun} here${question}`;
}

function ownProblems(fault: ValidationError, pointer: string): readonly FieldProblem[] {
  const constraints = Object.entries(fault.constraints ?? {});
  if (constraints.length === 0) return [];
  // One absent field breaks every rule it has; "required" is the only one worth reading.
  if (fault.value === undefined && !constraints.some(([name]) => name === WHITELIST)) {
    return [{ pointer, code: 'required', detail: `${fault.property} is required` }];
  }
  return tellingRules(constraints).map(([name, message]) => ({
    pointer,
    code: codeOf(name),
    detail: cut(name === WHITELIST ? describeUnknown(fault) : message, MAX_DETAIL_CHARACTERS),
  }));
}

const codeOf = (constraint: string): string => CODES[constraint] ?? 'type';

/** A value of the wrong type breaks every rule after that one; the first rule that was declared stands last. */
function tellingRules(constraints: readonly [string, string][]): readonly [string, string][] {
  const first = constraints.at(-1);
  return first !== undefined && codeOf(first[0]) === 'type' ? [first] : constraints;
}

function describeUnknown({ property, target }: ValidationError): string {
  const dto = target?.constructor as (new () => object) | undefined;
  return unknownField(property, dto === undefined ? [] : fieldsOf(dto), 'field');
}

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');
const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters)}…`;
