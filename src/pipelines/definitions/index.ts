export * from './definition';
export { NESTING_MAX } from './limits';
export { type PipelineBody } from './pipeline-body';
export { PipelineVersions } from './pipeline-versions';
export { PipelineInvalidError, PipelineUnknownError, PipelineVersionUnknownError } from './pipeline.errors';
export { validateDefinition } from './validate-definition';
