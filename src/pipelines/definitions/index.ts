export * from './definition';
export { NESTING_MAX } from './limits';
export { type FoundPipeline, PipelineAccess } from './pipeline-access';
export { type PipelineBody } from './pipeline-body';
export { PipelineVersions } from './pipeline-versions';
export { PipelineInvalidError, PipelineUnknownError, PipelineVersionUnknownError } from './pipeline.errors';
export { validateDefinition } from './validate-definition';
