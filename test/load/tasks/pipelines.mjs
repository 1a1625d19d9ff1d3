// What the engine itself costs: runs whose stages do nothing, and whether a graph ten times as large takes ten times as long.
import { goal, median, ms, percentile, times } from '../figures.mjs';
import { BenchAgent } from './bench-agent.mjs';

const RUNS = 30;
const SIZES = [50, 500];
const LIMIT_MS = 300_000;

const stagesOf = (count) =>
  Array.from({ length: count }, (_, at) => ({
    name: `stage-${at}`,
    type: 'processing',
    required: true,
    timeout: 60,
  }));

/** Layers of ten, each stage after one of the layer before: wide and deep. */
const layersOf = (count) =>
  Array.from({ length: count }, (_, at) => at).flatMap((at) => (at < 10 ? [] : [{ from: at - 10, to: at }]));

export async function benchPipelines(report, product) {
  const agents = [];
  for (let at = 0; at < 2; at += 1)
    agents.push((await BenchAgent.register(product, `stager-${at}`)).work({ atOnce: 8, max: 5 }));
  await six(report, product);
  await growth(report, product);
  await Promise.all(agents.map((one) => one.stop()));
}

async function six(report, product) {
  const { id } = await product.client.json('POST', '/api/v1/pipelines', {
    name: 'six-no-ops',
    description: '',
    stages: stagesOf(6),
  });
  const took = [];
  for (let at = 0; at < RUNS; at += 1) took.push(await runOf(product, id));
  const p50 = median(took.slice(5));
  report.add({
    id: 'D3',
    what: 'a run of six stages that do nothing: p50 / p95',
    figure: `${ms(p50)} / ${ms(percentile(took.slice(5), 95))}`,
    goal: goal('p50 < 150 ms', p50, { atMost: 150 }),
    data: { p50_ms: p50 },
  });
}

async function growth(report, product) {
  const took = [];
  for (const count of SIZES) {
    const { id } = await product.client.json('POST', '/api/v1/pipelines', {
      name: `graph-${count}`,
      description: '',
      stages: stagesOf(count),
      dependencies: layersOf(count),
    });
    took.push(await runOf(product, id));
  }
  const ratio = took[1] / took[0];
  report.add({
    id: 'P8',
    what: `a graph of ${SIZES[1]} stages against one of ${SIZES[0]}`,
    figure: `${ms(took[1])} against ${ms(took[0])} = ${times(ratio)}`,
    goal: goal('≤ 11 × the time', ratio, { atMost: 11 }),
    data: { took_ms: took, ratio },
  });
}

/** From the request to the row that says it is over; read from the database, as asking would be part of the cost. */
async function runOf(product, pipelineId) {
  const { run_id } = await product.client.json('POST', `/api/v1/pipelines/${pipelineId}/execute`, {
    input_data: {},
    parameters: {},
  });
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const [row] = await product.query(
      `SELECT status, extract(epoch FROM finished_at - created_at) * 1000 AS took FROM pipeline_run WHERE id = $1`,
      [run_id],
    );
    if (row?.status === 'completed') return Number(row.took);
    if (row?.status === 'failed') throw new Error('a run failed');
    if (performance.now() > deadline) throw new Error('a run did not end in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
