export * from './definition';
export { GivenDocuments } from './given-documents';
export { NESTING_MAX } from './limits';
export { PipelineAccess } from './pipeline-access';
export { PipelineVersions } from './pipeline-versions';
export { PipelineUnknownError } from './pipeline.errors';
