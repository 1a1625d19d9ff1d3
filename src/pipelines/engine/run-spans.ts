import { childTraceparent, tracer } from '@app/telemetry';
import { isOver } from './run-state';
import { type Turn } from './turn';

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** Stages and runs that ended in a turn that has been stored, as parts of what started the run. */
export function tellTurn(turn: Turn): void {
  const { run, changes, state } = turn;
  const parent = run.traceparent ?? undefined;
  if (!tracer.follows(parent)) return;
  const tell = (name: string, began: Date, outcome: string, attributes: Record<string, string>): void => {
    const endedAtMs = performance.now();
    tracer.record({
      ...{ name, kind: 'internal', traceparent: childTraceparent(parent), parent, endedAtMs },
      startedAtMs: endedAtMs - Math.max(0, Date.now() - began.getTime()),
      attributes: { 'quayside.run.id': run.id, 'quayside.run.outcome': outcome, ...attributes },
      error: outcome === 'completed' ? undefined : outcome,
    });
  };
  for (const { stage, to } of changes) {
    const { started_at: began } = turn.rowOf(stage);
    if (began !== null && ENDED.has(to))
      tell(`stage ${stage.kind}`, began, to, { 'quayside.stage.id': stage.id });
  }
  if (isOver(state.status)) tell('pipeline run', run.createdAt, state.status, {});
}
