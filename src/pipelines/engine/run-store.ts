import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { RunBell } from '../../tasks';
import { RunMetrics } from './run-metrics';
import { type LockedRun, RunRows } from './run-rows';
import { tellTurn } from './run-spans';
import { isOver } from './run-state';
import { type Turn } from './turn';

const EVENTS_MAX = 500;

/** Runs as turns take and leave them: what a turn has changed is stored with what is told of it. */
@Injectable()
export class RunStore {
  constructor(
    private readonly db: Database,
    private readonly rows: RunRows,
    private readonly events: EventAppender,
    private readonly metrics: RunMetrics,
    private readonly bell: RunBell,
  ) {}

  lock(id: string): Promise<LockedRun | undefined> {
    return this.rows.lock(id);
  }

  async save(turn: Turn): Promise<void> {
    const { run, state } = turn;
    const currentStage = await this.rows.save(run.id, state, turn.completed);
    const { workspaceId } = run.owner;
    await this.events.append(turn.deeds(currentStage), { workspaceId });
    const events = turn.events(currentStage);
    // Who asked for it stands in the trail with the request; what follows is nobody's doing.
    const whose = { audit: false, workspaceId };
    for (let at = 0; at < events.length; at += EVENTS_MAX)
      await this.events.append(events.slice(at, at + EVENTS_MAX), whose);
    this.db.afterCommit(() => {
      this.metrics.observe(turn);
      tellTurn(turn);
      if (isOver(state.status) && run.parentRunId !== null) this.bell.ring([run.parentRunId]);
    });
  }
}
