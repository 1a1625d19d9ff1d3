import { objectIn, patched, type Run, type Stage, stageToShow } from './run';

const stage = (at: number, status: string): Stage =>
  ({
    stage: at,
    name: `s${at}`,
    status,
    started_at: null,
    finished_at: null,
    due_at: null,
    error: null,
  }) as Stage;
const RUN = {
  run_id: 'r-1',
  status: 'running',
  progress: 0,
  completed_stages: [] as number[],
  stages: [stage(0, 'running'), stage(1, 'pending')],
} as unknown as Run;
const frame = (event: string, more: object = {}) => ({
  ...{ run_id: 'r-1', event: `pipeline.${event}`, status: 'running', progress: 0.5, timestamp: 'T' },
  ...more,
});

describe('a run on the page', () => {
  it('shows the state of a stage as soon as it is told', () => {
    const told = patched(RUN, frame('stage.completed', { stage: 0, completed_stages: [0] }));
    expect(told).toMatchObject({
      ...{ progress: 0.5, completed_stages: [0] },
      stages: [{ status: 'completed', finished_at: 'T' }, { status: 'pending' }],
    });
    expect(RUN.stages[0]?.status).toBe('running');
  });

  it('keeps why an attempt failed', () => {
    const error = { code: 'EXECUTION_ERROR', message: 'No.' };
    const told = patched(RUN, frame('stage.retrying', { stage: 0, error }));
    expect(told.stages[0]).toMatchObject({ status: 'retrying', error, finished_at: null });
  });

  it('ends with the run, and is not changed by what is told of another one', () => {
    expect(patched(RUN, frame('run.failed', { status: 'failed', progress: 1 }))).toMatchObject({
      ...{ status: 'failed', progress: 1, stages: RUN.stages },
    });
    expect(patched(RUN, frame('stage.failed', { run_id: 'r-2', stage: 0 }))).toBe(RUN);
  });

  it.each([
    [['completed', 'failed', 'running'], 1],
    [['completed', 'retrying', 'running'], 1],
    [['completed', 'running', 'pending'], 1],
    [['completed', 'waiting_approval'], 1],
    [['completed', 'completed'], 1],
    [['completed', 'skipped'], 0],
    [['pending', 'pending'], 0],
  ])('of %j opens number %d by itself', (words, expected) => {
    expect(stageToShow(words.map((word, at) => stage(at, word)))?.stage).toBe(expected);
  });

  it.each([
    ['{"a": 1}', { a: 1 }],
    ['[]', undefined],
    ['{', undefined],
    ['null', undefined],
  ])('reads %s as %j', (text, value) => {
    expect(objectIn(text)).toEqual(value);
  });
});
