import { parseExpression } from '../templates';
import {
  type Compensation,
  type Dependency,
  type PipelineDefinition,
  type Stage,
  type StageRunner,
  type TaskRunner,
  type ToolRunner,
} from './definition';
import { APPROVAL_TIMEOUT_DEFAULT_S, STAGE_TIMEOUT_DEFAULT_S } from './limits';
import {
  type ApprovalBody,
  type CompensationBody,
  type PipelineBody,
  type StageBody,
  type SubPipelineBody,
  type TaskBody,
  type ToolBody,
} from './pipeline-body';

/** What is written, with everything said that was left out. Only for what `validateDefinition` found nothing in. */
export function toDefinition(body: PipelineBody): PipelineDefinition {
  const { description = '', stages, dependencies, input_schema, parameter_schema } = body;
  return {
    description,
    ...(input_schema === undefined ? {} : { inputSchema: input_schema }),
    ...(parameter_schema === undefined ? {} : { parameterSchema: parameter_schema }),
    stages: stages.map(toStage),
    dependencies: dependencies ?? oneAfterTheOther(stages.length),
  };
}

/** What is said of what runs are given, as it is written. */
export const schemasOf = ({
  input_schema,
  parameter_schema,
}: PipelineBody): Pick<PipelineBody, 'input_schema' | 'parameter_schema'> => ({
  ...(input_schema === undefined ? {} : { input_schema }),
  ...(parameter_schema === undefined ? {} : { parameter_schema }),
});

export const oneAfterTheOther = (count: number): readonly Dependency[] =>
  Array.from({ length: Math.max(0, count - 1) }, (_, from) => ({ from, to: from + 1 }));

function toStage(body: StageBody): Stage {
  const runs = toRunner(body);
  const { name, type = runs.kind, required = true, on_failure: onFailure = 'fail' } = body;
  const { timeout = runs.kind === 'approval' ? APPROVAL_TIMEOUT_DEFAULT_S : STAGE_TIMEOUT_DEFAULT_S } = body;
  return {
    ...{ name, type, required, onFailure, runs, timeoutS: timeout },
    ...optionsOf(body),
  };
}

const optionsOf = ({
  retry,
  when,
  input,
  compensation,
}: StageBody): Pick<Stage, 'retry' | 'when' | 'input' | 'compensation'> => ({
  retry: { count: retry?.count ?? 0, delayS: retry?.delay ?? 0 },
  ...(when === undefined ? {} : { when: parseExpression(when) }),
  ...(input === undefined ? {} : { input }),
  ...(compensation === undefined ? {} : { compensation: toCompensation(compensation) }),
});

function toRunner({ task, tool, approval, pipeline }: StageBody): StageRunner {
  if (tool !== undefined) return toToolRunner(tool);
  if (approval !== undefined) return toApprovalRunner(approval);
  return pipeline === undefined ? toTaskRunner(task ?? {}) : toSubPipelineRunner(pipeline);
}

function toTaskRunner(body: TaskBody): TaskRunner {
  const { capabilities, priority, agent_id: agent, queue_timeout: queueTimeoutS } = body;
  return {
    kind: 'task',
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(priority === undefined ? {} : { priority }),
    ...(agent === undefined ? {} : { agent }),
    ...(queueTimeoutS === undefined ? {} : { queueTimeoutS }),
    ...(body.concurrency_key === undefined ? {} : { concurrencyKey: body.concurrency_key }),
  };
}

const toToolRunner = ({ server_name, tool_name, arguments: given = {} }: ToolBody): ToolRunner => ({
  ...{ kind: 'tool', serverName: server_name, toolName: tool_name, arguments: given },
});

const toApprovalRunner = ({ message, approvers }: ApprovalBody): StageRunner => ({
  kind: 'approval',
  ...(message === undefined ? {} : { message }),
  ...(approvers === undefined ? {} : { approvers }),
});

const toSubPipelineRunner = (body: SubPipelineBody): StageRunner => ({
  kind: 'pipeline',
  pipeline: body.pipeline_id ?? body.pipeline,
  ...(body.version === undefined ? {} : { version: body.version }),
  ...(body.input === undefined ? {} : { input: body.input }),
  ...(body.parameters === undefined ? {} : { parameters: body.parameters }),
});

function toCompensation({ type, timeout, input, task, tool }: CompensationBody): Compensation {
  const runs = tool === undefined ? toTaskRunner(task ?? {}) : toToolRunner(tool);
  return {
    type: type ?? 'compensation',
    timeoutS: timeout ?? STAGE_TIMEOUT_DEFAULT_S,
    ...(input === undefined ? {} : { input }),
    runs,
  };
}
