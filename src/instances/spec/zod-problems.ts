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
      detail: isMissing ? 'this field is required' : issue.message,
    },
  ];
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
