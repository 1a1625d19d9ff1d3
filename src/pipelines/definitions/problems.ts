import { type FieldProblem } from '@app/kernel';

/** More than anybody corrects at once. */
export const PROBLEMS_MAX = 100;

export const problem = (pointer: string, detail: string, code = 'invalid'): FieldProblem => ({
  pointer,
  code,
  detail,
});

export function unless(holds: boolean, pointer: string, detail: string): readonly FieldProblem[] {
  return holds ? [] : [problem(pointer, detail)];
}

/** A whole number within bounds, where one is given. */
export const within = (
  value: number | undefined,
  [min, max]: readonly [number, number],
  pointer: string,
): readonly FieldProblem[] =>
  unless(
    value === undefined || (Number.isInteger(value) && value >= min && value <= max),
    pointer,
    `must be a whole number from ${String(min)} to ${String(max)}`,
  );
