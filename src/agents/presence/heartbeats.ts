import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { requestContext, systemScope } from '@app/telemetry';
import { AgentUnknownError } from '../domain/agents.errors';
import { AgentWork } from '../domain/agent-work';
import { nextHeartbeatS } from '../domain/pace';
import { agentFact } from './agent-facts';
import { BeatGathering, heldTasks, type SaidBeat } from './beat-gathering';
import { HeardAgents } from './heard-agents';
import { PaceKeeper } from './pace-keeper';
import { type Heard } from './presence-rows';

const FLUSH_EVERY_MS = 500;
const BATCH_MAX = 1_000;

export interface HeartbeatAnswer {
  readonly nextHeartbeatS: number;
  /** Ids of tasks to stop. */
  readonly cancel: readonly string[];
  /** Nothing more will be given to it. */
  readonly drain: boolean;
}

/** Takes the heartbeats of agents, and tells them what they have to know. */
@Injectable()
export class Heartbeats implements OnApplicationShutdown {
  private readonly logger = new Logger(Heartbeats.name);
  private readonly gathering = new BeatGathering<HeartbeatAnswer>({
    everyMs: FLUSH_EVERY_MS,
    batchMax: BATCH_MAX,
    // In nobody's name: the first of many who came is not who did it.
    run: (beats) => requestContext.run(systemScope('agents'), () => this.answer(beats)),
  });

  constructor(
    private readonly db: Database,
    private readonly heard: HeardAgents,
    private readonly pace: PaceKeeper,
    private readonly work: AgentWork,
    private readonly events: EventAppender,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.gathering.flush();
  }

  async beat(beat: SaidBeat): Promise<HeartbeatAnswer> {
    const answer = await this.gathering.beat(beat);
    if (answer === undefined) throw new AgentUnknownError(beat.agentId);
    return answer;
  }

  private async answer(beats: readonly SaidBeat[]): Promise<ReadonlyMap<string, HeartbeatAnswer>> {
    const heard = await this.heard.hear(beats);
    await this.drainLeaving(beats, heard);
    await this.compare(beats);
    const cancel = await this.work.toCancel(heard.map(({ agentId }) => agentId));
    const leaving = leavingIds(beats);
    const pace = await this.pace.pace();
    return new Map(
      heard.map(({ agentId, drainedBy }) => [
        agentId,
        {
          nextHeartbeatS: nextHeartbeatS(pace, Math.random()),
          cancel: cancel.get(agentId) ?? [],
          drain: drainedBy !== null || leaving.has(agentId),
        },
      ]),
    );
  }

  /** That an agent forgot a task is found again with its next heartbeat: no reason to refuse this one. */
  private async compare(beats: readonly SaidBeat[]): Promise<void> {
    const said = heldTasks(beats);
    if (said.length === 0) return;
    try {
      await this.work.forgotten(said);
    } catch (error) {
      this.logger.warn(`what agents hold was not compared: ${String(error)}`);
    }
  }

  private async drainLeaving(beats: readonly SaidBeat[], heard: readonly Heard[]): Promise<void> {
    const leaving = leavingIds(beats);
    const fresh = heard.filter(({ agentId, drainedBy }) => drainedBy === null && leaving.has(agentId));
    for (const agent of fresh) await this.drain(agent);
  }

  private drain(agent: Heard): Promise<void> {
    const reason = 'It is about to end.';
    return this.db.transaction(async () => {
      const drained = await this.db.execute(
        `UPDATE agent SET status = 'draining', drained_by = 'agent', status_reason = $2, status_since = now(),
                row_version = row_version + 1, updated_at = now()
          WHERE id = $1 AND drained_by IS NULL`,
        [agent.agentId, reason],
      );
      if (drained === 0) return;
      const fact = agentFact('draining', { ...agent, status: 'draining', runningTasks: null, reason });
      await this.events.append([fact], { audit: false, workspaceId: agent.workspaceId });
    });
  }
}

const leavingIds = (beats: readonly SaidBeat[]): ReadonlySet<string> =>
  new Set(beats.filter(({ isDraining }) => isDraining === true).map(({ agentId }) => agentId));
