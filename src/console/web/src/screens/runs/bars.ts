import { type Run, type Stage } from './run';

export interface Bar {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly status: string;
}

/** A bar for each attempt; of a stage whose attempts are not told yet, one for all of it. */
export function barsOf(stage: Stage, now: number): readonly Bar[] {
  // It ran in an earlier run.
  if (stage.reused_from !== null) return [];
  const attempts = stage.attempts.map(({ attempt, started_at: from, ended_at: to, outcome }) => ({
    ...{ key: String(attempt), from: Date.parse(from), status: outcome ?? stage.status },
    to: Math.max(Date.parse(from), to === null ? now : Date.parse(to)),
  }));
  if (attempts.length > 0 || stage.started_at === null) return attempts;
  const from = Date.parse(stage.started_at);
  const to = stage.finished_at === null ? now : Date.parse(stage.finished_at);
  return [{ key: 'whole', from, to: Math.max(from, to), status: stage.status }];
}

/** From the first beginning to the last end, or to now while it goes on. */
export function spanOf(run: Run, now: number | undefined): { readonly from: number; readonly ms: number } {
  const starts = run.stages.flatMap(({ started_at: at, reused_from: reused }) =>
    at === null || reused !== null ? [] : [Date.parse(at)],
  );
  const from = Math.min(Date.parse(run.started_at ?? run.created_at), ...starts);
  const to = now ?? Date.parse(run.finished_at ?? run.updated_at);
  return { from, ms: Math.max(1_000, to - from) };
}
