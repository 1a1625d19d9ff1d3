import { type FieldProblem } from '@app/kernel';
import { type PipelineBody } from './pipeline-body';

/** Every fault of a definition that can be seen without looking anywhere else. */
export function validateDefinition(body: PipelineBody): readonly FieldProblem[] {
  return body.stages.length === 0 ? [{ pointer: '/stages', code: 'required', detail: 'has no stage' }] : [];
}
