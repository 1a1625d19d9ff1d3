import { DomainError, type FieldProblem } from '@app/kernel';

export class PipelineUnknownError extends DomainError {
  readonly code = 'pipeline_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such pipeline';
  override readonly hint = 'GET /api/v1/pipelines lists those you can see.';

  constructor(idOrName: string) {
    super(`There is no pipeline "${idOrName.slice(0, 63)}".`);
  }
}

export class PipelineVersionUnknownError extends DomainError {
  readonly code = 'pipeline_version_unknown';
  readonly kind = 'not_found';
  readonly title = 'The pipeline has no such version';
  override readonly hint = 'GET /api/v1/pipelines/{id}/versions lists its versions.';

  constructor(name: string, version: number) {
    super(`The pipeline "${name}" has no version ${String(version)}.`);
  }
}

export class PipelineNameTakenError extends DomainError {
  readonly code = 'pipeline_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name of the pipeline is in use';
  override readonly hint = 'Choose another name, or send PUT to make a new version of the one that has it.';

  constructor(name: string) {
    super(`A pipeline named "${name}" already exists.`);
  }
}

export class PipelineInUseError extends DomainError {
  readonly code = 'pipeline_in_use';
  readonly kind = 'conflict';
  readonly title = 'Other pipelines run this one as a stage';
  override readonly hint = 'Change or delete those pipelines first.';

  constructor(name: string, users: readonly string[]) {
    super(`The pipeline "${name}" is a stage of ${users.map((user) => `"${user}"`).join(', ')}.`);
  }
}

export class PipelineInvalidError extends DomainError {
  readonly code = 'pipeline_invalid';
  readonly kind = 'invalid';
  readonly title = 'The pipeline cannot run like this';
  override readonly hint =
    'Correct what errors names; POST /api/v1/pipelines/validate checks without saving.';

  constructor(errors: readonly FieldProblem[]) {
    const [first] = errors;
    super(first === undefined ? 'The pipeline is not valid.' : `${first.pointer} ${first.detail}.`, {
      errors,
    });
  }
}
