import { DomainError, type FieldProblem } from '@app/kernel';

export class RunUnknownError extends DomainError {
  readonly code = 'run_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such run';
  override readonly hint = 'GET /api/v1/pipelines/{id}/runs lists the runs of a pipeline.';

  constructor() {
    super('There is no such run.');
  }
}

export class StageUnknownError extends DomainError {
  readonly code = 'stage_unknown';
  readonly kind = 'not_found';
  readonly title = 'The run has no such stage';
  override readonly hint =
    'Name the stage by its index, counted from 0, or by its name; GET the run shows both.';

  constructor(stage: string) {
    super(`The run has no stage "${stage.slice(0, 63)}".`);
  }
}

/** Of two decisions, or a decision and a cancel, the first one counts. */
export class StageNotWaitingError extends DomainError {
  readonly code = 'stage_not_waiting';
  readonly kind = 'conflict';
  readonly title = 'The stage does not wait for a decision';
  override readonly hint = 'GET the run to see what became of it.';

  constructor(name: string, status: string) {
    super(
      `Stage "${name}" is ${status.replace('_', ' ')}; only one that is waiting for approval can be decided.`,
    );
  }
}

export class ApproverNotNamedError extends DomainError {
  readonly code = 'approver_not_named';
  readonly kind = 'forbidden';
  readonly title = 'Somebody else has to decide this';
  override readonly hint = 'Ask one of the approvers that the stage names.';

  constructor(name: string, approvers: readonly string[]) {
    super(`Stage "${name}" is decided by ${approvers.join(', ')}.`);
  }
}

export class RunOverError extends DomainError {
  readonly code = 'run_over';
  readonly kind = 'conflict';
  readonly title = 'The run is over';
  override readonly hint = 'Start it again with POST /api/v1/runs/{run_id}/rerun.';

  constructor(status: string) {
    super(`The run is ${status}: what has ended stays as it is.`);
  }
}

export class RunNotOverError extends DomainError {
  readonly code = 'run_not_over';
  readonly kind = 'conflict';
  readonly title = 'The run has not ended';
  override readonly hint = 'Cancel it first, or wait until it has ended.';

  constructor(status: string) {
    super(`The run is ${status}: only one that has ended can be run again.`);
  }
}

export class RunTooDeepError extends DomainError {
  readonly code = 'run_too_deep';
  readonly kind = 'invalid';
  readonly title = 'Pipelines are nested too deeply';
  override readonly hint = 'Let one of the inner pipelines be started by itself.';

  constructor(depth: number) {
    super(`Runs may be nested ${String(depth)} deep at most.`);
  }
}

export class RunInputTooLargeError extends DomainError {
  readonly code = 'run_input_too_large';
  readonly kind = 'invalid';
  readonly title = 'The input of the run is too large';
  override readonly hint = 'Hand over a reference to the data, such as an address, instead of the data.';

  constructor(what: 'input_data' | 'parameters', bytes: number, maxBytes: number) {
    super(`${what} has ${String(bytes)} bytes; at most ${String(maxBytes)} are taken.`, {
      errors: [
        { pointer: `/${what}`, code: 'too_large', detail: `must have at most ${String(maxBytes)} bytes` },
      ],
    });
  }
}

export class RunInputInvalidError extends DomainError {
  readonly code = 'run_input_invalid';
  readonly kind = 'invalid';
  readonly title = 'The pipeline does not take this input';
  override readonly hint =
    'Correct what errors names; input_schema and parameter_schema of the pipeline say what it takes.';

  constructor(errors: readonly FieldProblem[]) {
    const [first] = errors;
    super(first === undefined ? 'The input does not fit.' : `${first.pointer} ${first.detail}.`, { errors });
  }
}
