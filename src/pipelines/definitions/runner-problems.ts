import { type FieldProblem } from '@app/kernel';
import {
  APPROVER,
  APPROVERS_MAX,
  CAPABILITIES_MAX,
  CAPABILITY,
  CONCURRENCY_KEY_MAX,
  MESSAGE_MAX,
  STAGE_TIMEOUT_MAX_S,
} from './limits';
import {
  type ApprovalBody,
  type StageBody,
  type SubPipelineBody,
  type TaskBody,
  type ToolBody,
} from './pipeline-body';
import { problem, unless, within } from './problems';
import { PRIORITIES } from './definition';

const VERSIONS_MAX = 1_000_000;
const NAME_MAX = 200;

export const RUNNERS = ['task', 'tool', 'approval', 'pipeline'] as const;

/** What is wrong with what runs a stage, as far as the definition alone tells. */
export function runnerProblems(stage: StageBody, pointer: string): readonly FieldProblem[] {
  const named = RUNNERS.filter((runner) => stage[runner] !== undefined);
  const [, second] = named;
  if (second !== undefined)
    return [
      problem(`${pointer}/${second}`, `cannot stand beside ${String(named[0])}: one thing runs a stage`),
    ];
  const { task, tool, approval, pipeline } = stage;
  return [
    ...(task === undefined ? [] : taskProblems(task, `${pointer}/task`)),
    ...(tool === undefined ? [] : toolProblems(tool, `${pointer}/tool`)),
    ...(approval === undefined ? [] : approvalProblems(approval, `${pointer}/approval`)),
    ...(pipeline === undefined ? [] : subPipelineProblems(pipeline, `${pointer}/pipeline`)),
  ];
}

export function taskProblems(task: TaskBody, pointer: string): readonly FieldProblem[] {
  const { capabilities = [], priority, agent_id: agent, concurrency_key: key } = task;
  return [
    ...listProblems(capabilities, { pattern: CAPABILITY, max: CAPABILITIES_MAX }, `${pointer}/capabilities`),
    ...unless(
      priority === undefined || PRIORITIES.includes(priority),
      `${pointer}/priority`,
      `must be one of ${PRIORITIES.join(', ')}`,
    ),
    ...textProblems(agent, NAME_MAX, `${pointer}/agent_id`),
    ...textProblems(key, CONCURRENCY_KEY_MAX, `${pointer}/concurrency_key`),
    ...within(task.queue_timeout, [1, STAGE_TIMEOUT_MAX_S], `${pointer}/queue_timeout`),
  ];
}

export const toolProblems = (
  { server_name, tool_name }: ToolBody,
  pointer: string,
): readonly FieldProblem[] => [
  ...textProblems(server_name, NAME_MAX, `${pointer}/server_name`),
  ...textProblems(tool_name, NAME_MAX, `${pointer}/tool_name`),
];

const approvalProblems = (
  { message, approvers = [] }: ApprovalBody,
  pointer: string,
): readonly FieldProblem[] => [
  ...textProblems(message, MESSAGE_MAX, `${pointer}/message`),
  ...listProblems(approvers, { pattern: APPROVER, max: APPROVERS_MAX }, `${pointer}/approvers`),
];

const subPipelineProblems = (
  { pipeline, version }: SubPipelineBody,
  pointer: string,
): readonly FieldProblem[] => [
  ...textProblems(pipeline, NAME_MAX, `${pointer}/pipeline`),
  ...within(version, [1, VERSIONS_MAX], `${pointer}/version`),
];

const textProblems = (text: string | undefined, max: number, pointer: string): readonly FieldProblem[] =>
  unless(
    text === undefined || (text !== '' && text.length <= max),
    pointer,
    `must be 1 to ${String(max)} characters`,
  );

function listProblems(
  items: readonly string[],
  { pattern, max }: { readonly pattern: RegExp; readonly max: number },
  pointer: string,
): readonly FieldProblem[] {
  if (items.length > max) return [problem(pointer, `may hold ${String(max)} entries at most`, 'too_many')];
  return items.flatMap((item, index) =>
    unless(pattern.test(item), `${pointer}/${String(index)}`, `does not look like ${pattern.source}`),
  );
}
