import { type JsonObject } from '@app/kernel';
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

/** Two more tries, slow enough to be watched. */
const RETRY = { count: 2, delay: 4 };

const INPUT: JsonObject = {
  type: 'object',
  properties: {
    source: {
      ...{ type: 'string', title: 'Source', default: 's3://bucket/input-data' },
      description: 'Where the data comes from. The example agent makes up as many rows as this text is long.',
    },
    format: { type: 'string', title: 'Format', enum: ['json', 'csv', 'parquet'], default: 'json' },
    fail_at: {
      ...{ type: 'string', title: 'Fail at', enum: ['', ...SIX_STAGES.map(([, type]) => type)] },
      description: 'To see a failure: the example agent fails at this stage, as often as it is tried.',
    },
  },
};

const PARAMETERS: JsonObject = {
  type: 'object',
  properties: {
    batch_size: { type: 'integer', title: 'Batch size', minimum: 1, maximum: 1_000_000, default: 1_000 },
    parallel_workers: { type: 'integer', title: 'Parallel workers', minimum: 1, maximum: 64, default: 4 },
    stage_seconds: {
      ...{ type: 'number', title: 'Seconds for each stage', minimum: 0, maximum: 30, default: 1 },
      description: 'How long the example agent takes for each stage, so that there is something to watch.',
    },
  },
};

export const READY_MADE: readonly ReadyMade[] = [
  {
    title: 'Data processing (6 stages)',
    pipeline: {
      name: 'data-processing-pipeline',
      description: '6-stage data processing pipeline',
      input_schema: INPUT,
      parameter_schema: PARAMETERS,
      stages: SIX_STAGES.map(([name, type, timeout]) => ({
        name,
        type,
        required: true,
        timeout,
        retry: RETRY,
      })),
      dependencies: [0, 1, 2, 3, 4].map((from) => ({ from, to: from + 1 })),
    },
  },
];
