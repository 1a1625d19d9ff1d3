import { type FieldProblem } from '@app/kernel';
import { type z } from 'zod';

export const UNKNOWN_FIELD = 'unknown_field';

const escapePointer = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');
export const pointerOf = (...parts: readonly PropertyKey[]): string =>
  parts.map((part) => `/${escapePointer(part)}`).join('');

/** A value that is wrong may be long or secret: only its place and the rule are told. */
export function zodProblems(error: z.ZodError, at: string): FieldProblem[] {
  return error.issues.flatMap((issue) => fromIssue(issue, at)).slice(0, 100);
}

function fromIssue(issue: z.core.$ZodIssue, at: string): FieldProblem[] {
  const pointer = at + pointerOf(...issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointer + pointerOf(key),
      code: UNKNOWN_FIELD,
      detail: 'this field is not known here',
    }));
  if (issue.code === 'invalid_union') return unionProblems(issue, at, pointer);
  const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined');
  return [
    {
      pointer,
      code: isMissing ? 'required' : 'invalid',
      detail: isMissing ? 'this field is required' : inWords(issue),
    },
  ];
}

const TYPES: Readonly<Partial<Record<string, string>>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const UNITS: Readonly<Partial<Record<string, string>>> = { string: ' characters long', array: ' items long' };

/** Our own rules bring their words along; these are for those that the library would tell in its own. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}${UNITS[issue.origin] ?? ''}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${UNITS[issue.origin] ?? ''}`;
    default:
      return issue.message;
  }
}

/** Of several forms that a value may have, the one that it comes nearest to is the one to complain about. */
function unionProblems(issue: z.core.$ZodIssueInvalidUnion, at: string, pointer: string): FieldProblem[] {
  const nearest = issue.errors
    .filter((one) => one.length > 0)
    .sort((one, other) => depth(other) - depth(one))[0];
  if (nearest === undefined || depth(nearest) === 0)
    return [
      {
        pointer,
        code: 'invalid',
        detail: issue.message === 'Invalid input' ? 'has an unknown form' : issue.message,
      },
    ];
  return nearest.flatMap((each) => fromIssue({ ...each, path: [...issue.path, ...each.path] }, at));
}

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(...issues.map(({ path }) => path.length));
