import { type PipelineDefinition } from './definition';
import { type PipelineBody, type StageBody } from './pipeline-body';
import { schemasOf, toDefinition } from './to-definition';

/** As it is stored: what was left out is written down, so that a later default changes nothing that was saved. */
export function normalize(body: PipelineBody): PipelineBody {
  const { description, stages, dependencies }: PipelineDefinition = toDefinition(body);
  return {
    name: body.name,
    description,
    ...(body.is_public === undefined ? {} : { is_public: body.is_public }),
    ...schemasOf(body),
    stages: body.stages.map((written, at): StageBody => {
      const stage = stages[at];
      if (stage === undefined) return written;
      const { type, required, timeoutS, retry, onFailure } = stage;
      return {
        ...written,
        ...{ type, required, timeout: timeoutS, on_failure: onFailure },
        retry: { count: retry.count, delay: retry.delayS },
      };
    }),
    dependencies,
  };
}
