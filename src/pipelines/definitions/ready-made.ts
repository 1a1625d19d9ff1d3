import { type PipelineBody } from './pipeline-body';

/** A definition that can be sent as it is to make a pipeline of it. */
export interface ReadyMade {
  readonly title: string;
  readonly pipeline: PipelineBody;
}

const SIX_STAGES: readonly (readonly [name: string, type: string, timeoutS: number])[] = [
  ['data-ingestion', 'data-ingestion', 300],
  ['data-transformation', 'transformation', 600],
  ['data-analysis', 'analysis', 900],
  ['data-validation', 'validation', 300],
  ['data-processing', 'processing', 1_200],
  ['output-generation', 'output', 300],
];

export const READY_MADE: readonly ReadyMade[] = [
  {
    title: 'Data processing (6 stages)',
    pipeline: {
      name: 'data-processing-pipeline',
      description: '6-stage data processing pipeline',
      stages: SIX_STAGES.map(([name, type, timeout]) => ({ name, type, required: true, timeout })),
      dependencies: [0, 1, 2, 3, 4].map((from) => ({ from, to: from + 1 })),
    },
  },
];
