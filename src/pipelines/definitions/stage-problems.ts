import { type FieldProblem } from '@app/kernel';
import { parseExpression, TemplateSyntaxError } from '../templates';
import { ON_FAILURE } from './definition';
import {
  APPROVAL_TIMEOUT_MAX_S,
  RETRIES_MAX,
  RETRY_DELAY_MAX_S,
  STAGE_NAME,
  STAGE_TIMEOUT_MAX_S,
  STAGE_TYPE,
} from './limits';
import { type CompensationBody, type StageBody } from './pipeline-body';
import { problem, unless, within } from './problems';
import { runnerProblems, RUNNERS, taskProblems, toolProblems } from './runner-problems';

/** What is wrong with one stage, looked at alone. */
export function stageProblems(stage: StageBody, pointer: string): readonly FieldProblem[] {
  const { name, retry, on_failure: onFailure } = stage;
  return [
    ...unless(
      STAGE_NAME.test(name),
      `${pointer}/name`,
      'must be 1 to 63 letters, digits, dashes or underscores, and begin with a letter or digit',
    ),
    ...typeProblems(stage, pointer),
    ...within(
      stage.timeout,
      [1, stage.approval === undefined ? STAGE_TIMEOUT_MAX_S : APPROVAL_TIMEOUT_MAX_S],
      `${pointer}/timeout`,
    ),
    ...within(retry?.count, [0, RETRIES_MAX], `${pointer}/retry/count`),
    ...within(retry?.delay, [0, RETRY_DELAY_MAX_S], `${pointer}/retry/delay`),
    ...unless(
      onFailure === undefined || ON_FAILURE.includes(onFailure),
      `${pointer}/on_failure`,
      `must be one of ${ON_FAILURE.join(', ')}`,
    ),
    ...whenProblems(stage.when, `${pointer}/when`),
    ...runnerProblems(stage, pointer),
    ...compensationProblems(stage.compensation, `${pointer}/compensation`),
  ];
}

/** Agents are chosen by the type of a task, so it needs one; elsewhere it is a word for people. */
function typeProblems(stage: StageBody, pointer: string): readonly FieldProblem[] {
  const { type } = stage;
  const isTask = RUNNERS.every((runner) => runner === 'task' || stage[runner] === undefined);
  if (type === undefined)
    return isTask ? [problem(`${pointer}/type`, 'is missing: a task has a type', 'required')] : [];
  return unless(
    STAGE_TYPE.test(type),
    `${pointer}/type`,
    'must be 1 to 64 lower-case letters, digits or dashes',
  );
}

function whenProblems(when: string | undefined, pointer: string): readonly FieldProblem[] {
  if (when === undefined) return [];
  try {
    parseExpression(when);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return [problem(pointer, error.message, 'condition_invalid')];
  }
}

function compensationProblems(
  compensation: CompensationBody | undefined,
  pointer: string,
): readonly FieldProblem[] {
  if (compensation === undefined) return [];
  const { type, timeout, task, tool } = compensation;
  const typed = type === undefined || STAGE_TYPE.test(type);
  return [
    ...unless(typed, `${pointer}/type`, 'must be 1 to 64 lower-case letters, digits or dashes'),
    ...within(timeout, [1, STAGE_TIMEOUT_MAX_S], `${pointer}/timeout`),
    ...unless(
      task === undefined || tool === undefined,
      `${pointer}/tool`,
      'cannot stand beside task: one thing undoes a stage',
    ),
    ...(task === undefined ? [] : taskProblems(task, `${pointer}/task`)),
    ...(tool === undefined ? [] : toolProblems(tool, `${pointer}/tool`)),
  ];
}
