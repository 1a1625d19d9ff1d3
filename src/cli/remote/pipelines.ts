import { setTimeout as delay } from 'node:timers/promises';
import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { ageOf, column } from '../output/table';
import { type Session } from '../session';
import { argumentsOf, objectOf } from './arguments';

interface PipelineBody {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly stages: readonly unknown[];
  readonly updated_at: string;
}
interface StageBody {
  readonly stage: number;
  readonly name: string;
  readonly status: string;
  readonly attempts: readonly unknown[];
  readonly reason: string | null;
}
interface RunBody {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly status: string;
  readonly progress: number;
  readonly created_at: string;
  readonly waiting_for: string | null;
  readonly stages: readonly StageBody[];
}

const PIPELINES = '/api/v1/pipelines';
const RUNS = '/api/v1/runs';
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

const PIPELINE_LISTING: Listing<PipelineBody> = {
  name: ({ name }) => name,
  columns: [
    column('name', ({ name }) => name),
    column('version', ({ version }) => version),
    column('stages', ({ stages }) => stages.length),
    column('changed', ({ updated_at: at }) => ageOf(at, Date.now())),
    column('id', ({ id }) => id),
  ],
};
const RUN_LISTING: Listing<RunBody> = {
  name: ({ run_id: id }) => id,
  columns: [
    column('run', ({ run_id: id }) => id),
    column('pipeline', ({ pipeline_name: name }) => name),
    column('status', ({ status }) => status),
    column('progress', ({ progress }) => `${String(Math.round(progress * 100))}%`),
    column('age', ({ created_at: at }) => ageOf(at, Date.now())),
    column('waits for', ({ waiting_for: why }) => why),
  ],
};
const STAGE_LISTING: Listing<StageBody> = {
  name: ({ name }) => name,
  columns: [
    column('stage', ({ stage }) => stage),
    column('name', ({ name }) => name),
    column('status', ({ status }) => status),
    column('attempts', ({ attempts }) => attempts.length),
    column('reason', ({ reason }) => reason),
  ],
};

const pipelinesOf = (session: Session): Promise<PipelineBody[]> =>
  session.all<PipelineBody>(PIPELINES, 'pipelines');

export async function listPipelines(session: Session): Promise<void> {
  session.list(await pipelinesOf(session), PIPELINE_LISTING, 'No pipelines.');
}

/** People know names; the API knows ids. */
async function idOf(session: Session, idOrName: string): Promise<string> {
  const known = (await pipelinesOf(session)).find(({ id, name }) => id === idOrName || name === idOrName);
  if (known !== undefined) return known.id;
  throw new CliError(`There is no pipeline "${idOrName}".`, EXIT.notFound, 'quayside pipelines list');
}

export async function showPipeline(session: Session, idOrName: string): Promise<void> {
  const id = await idOf(session, idOrName);
  const pipeline = await session.api().call<PipelineBody>('GET', `${PIPELINES}/${id}`);
  session.show(pipeline, () => JSON.stringify(pipeline, null, 2));
}

export interface ExecuteOptions {
  readonly input?: string;
  readonly param?: readonly string[];
  readonly wait: boolean;
}

export async function execute(session: Session, idOrName: string, options: ExecuteOptions): Promise<void> {
  const { input, param, wait } = options;
  const id = await idOf(session, idOrName);
  const text = input === '-' ? await session.terminal.input() : input;
  const body = {
    ...(text === undefined ? {} : { input_data: objectOf(text, '--input') }),
    ...(param === undefined ? {} : { parameters: argumentsOf(param) }),
  };
  const { run_id: run } = await session
    .api()
    .call<{ run_id: string }>('POST', `${PIPELINES}/${id}/execute`, body);
  if (wait) await watchRun(session, run);
  else session.show({ run_id: run }, () => run);
}

export async function listRuns(session: Session, { status }: { readonly status?: string }): Promise<void> {
  const filter = status === undefined ? {} : { status };
  session.list(await session.all<RunBody>(RUNS, 'runs', filter), RUN_LISTING, 'No runs.');
}

const runOf = (session: Session, id: string): Promise<RunBody> =>
  session.api().call('GET', `${RUNS}/${encodeURIComponent(id)}`);

export async function showRun(session: Session, id: string): Promise<void> {
  tell(session, await runOf(session, id));
}

const LOOK_EVERY_MS = 1_000;

/** Says each change on its way, and the whole at its end. */
export async function watchRun(session: Session, id: string): Promise<void> {
  let told = '';
  let run = await runOf(session, id);
  for (;;) {
    const waits = run.waiting_for === null ? '' : `  waits for ${run.waiting_for}`;
    const line = `${run.status}  ${String(Math.round(run.progress * 100))}%${waits}`;
    if (line !== told) session.say(line);
    told = line;
    if (ENDED.has(run.status)) break;
    await delay(LOOK_EVERY_MS);
    run = await runOf(session, id);
  }
  tell(session, run);
}

function tell(session: Session, run: RunBody): void {
  if (session.format === 'table') {
    session.terminal.out(`${run.run_id}  ${run.pipeline_name}  ${run.status}`);
    session.list(run.stages, STAGE_LISTING, 'It has no stages.');
  } else session.show(run, () => run.run_id);
  if (run.status === 'failed' || run.status === 'cancelled') session.exitCode = EXIT.failed;
}

export async function cancelRun(session: Session, id: string): Promise<void> {
  const answer = await session
    .api()
    .call<{ status: string }>('POST', `${RUNS}/${encodeURIComponent(id)}/cancel`, {});
  session.show(answer, () => `${id}  ${answer.status}`);
}
