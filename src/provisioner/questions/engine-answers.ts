import { type ContainerDetails, type ContainerStatus } from '@app/container-engine';
import {
  type EngineHealth,
  type ImageReply,
  type InspectReply,
  type LogsReply,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';
import { DomainError } from '@app/kernel';
import { type Scrubber } from '@app/telemetry';
import { type EnginePost, type Engines } from '../engine/engines';
import { type Memories } from '../runner/instance-memory';
import { showableLine } from '../steps/showable';
import { type Bridges } from '../bridge/bridges';
import { newestLines } from './newest-lines';

export const MAX_LOG_LINES = 10_000;
/** The answer travels whole, over Redis where there is one. */
const MAX_LOG_CHARACTERS = 4 * 1024 * 1024;

export interface EngineAnswersParts {
  readonly installation: string;
  readonly engines: Engines;
  readonly bridges: Bridges;
  readonly memories: Memories;
  readonly scrubber: Scrubber;
}

/** Answers what only the holder of the engine's lease can know. Reads; never acts. */
export class EngineAnswers {
  constructor(private readonly parts: EngineAnswersParts) {}

  /** Of the container that is there, else of the last one that ended. */
  async logs(instanceId: string, tail: number): Promise<LogsReply> {
    const lines = Math.min(Math.max(1, Math.trunc(tail)), MAX_LOG_LINES);
    for (const { post, container } of await this.#replicasOf(instanceId)) {
      const heard = this.parts.bridges.lastWords(container.id);
      const output = heard.length > 0 ? heard : await post.engine.logs(container.id, { tail: lines });
      const shown = output.slice(-lines).map((line) => showableLine(this.parts.scrubber.scrub(line)));
      return { lines: newestLines(shown, MAX_LOG_CHARACTERS), live: container.state === 'running' };
    }
    return { lines: (this.parts.memories.peek(instanceId)?.lastOutput ?? []).slice(-lines), live: false };
  }

  async stats(instanceId: string): Promise<StatsReply> {
    const running = (await this.#replicasOf(instanceId)).filter(
      ({ container }) => container.state === 'running',
    );
    const replicas = await Promise.all(
      running.map(async ({ post, container }) => {
        const stats = await post.engine.stats(container.id);
        return {
          replica: container.identity?.replica ?? 0,
          cpu_percent: stats.cpuPercent,
          memory_bytes: stats.memoryBytes,
          memory_limit_bytes: stats.memoryLimitBytes,
          pids: stats.pids,
        };
      }),
    );
    return { replicas };
  }

  probes(instanceId: string): ProbesReply {
    const notes = this.parts.memories.peek(instanceId)?.probes.list() ?? [];
    return {
      probes: notes.map(({ atMs, replica, latencyMs, reason }) => ({
        ...{ at: new Date(atMs).toISOString(), replica, ok: latencyMs !== null, reason },
        latency_ms: latencyMs === null ? null : Math.round(latencyMs),
      })),
    };
  }

  async inspect(instanceId: string): Promise<InspectReply> {
    const found = await this.#containersOf(instanceId);
    const containers = await Promise.all(
      found.map(async ({ post, container }) => factsOf(container, await post.engine.inspect(container.id))),
    );
    const engine = found[0]?.post.watch.health() ?? this.parts.engines.health().primary;
    const image = this.parts.memories.peek(instanceId)?.image;
    return { engine, containers, image_present: image === undefined ? null : true };
  }

  /** Asked before an instance is made of it: the registry is only asked where the engine does not have it. */
  async image(reference: string): Promise<ImageReply> {
    const { engines } = this.parts;
    const post = engines.homeOf({ type: 'docker', image: reference });
    if (post?.watch.state !== 'up') return { verdict: 'unknown', detail: engines.troubleOf(post) };
    try {
      if ((await post.engine.imageInfo(reference)) !== undefined)
        return { verdict: 'present', detail: 'The engine has the image.' };
      return (await post.engine.canPull(reference))
        ? { verdict: 'pullable', detail: 'The registry offers the image; the first start downloads it.' }
        : { verdict: 'missing', detail: 'Neither the engine nor the registry has the image.' };
    } catch (error) {
      const words = error instanceof DomainError ? error.message : 'The engine did not answer.';
      return { verdict: 'unknown', detail: showableLine(this.parts.scrubber.scrub(words)) };
    }
  }

  /** The engine for containers where one is configured; `engines` has each of them. */
  health(): EngineHealth & { readonly engines: readonly EngineHealth[] } {
    const { primary, all } = this.parts.engines.health();
    return { ...primary, engines: all };
  }

  /** Without the containers that belong to single sessions of clients. */
  async #replicasOf(instanceId: string): Promise<{ post: EnginePost; container: ContainerStatus }[]> {
    const all = await this.#containersOf(instanceId);
    return all.filter(({ container }) => container.identity?.session === undefined);
  }

  async #containersOf(instanceId: string): Promise<{ post: EnginePost; container: ContainerStatus }[]> {
    const filter = { installation: this.parts.installation, instanceId };
    const up = this.parts.engines.posts.filter(({ watch }) => watch.state === 'up');
    const lists = await Promise.all(
      up.map(async (post) => (await post.engine.list(filter)).map((container) => ({ post, container }))),
    );
    return lists.flat().sort((a, b) => placeOf(b.container) - placeOf(a.container));
  }
}

const factsOf = (
  { id, name, identity, state }: ContainerStatus,
  details: ContainerDetails | undefined,
): InspectReply['containers'][number] => ({
  replica: identity?.replica ?? 0,
  id,
  name,
  // A container may go between the list and the question about it; what the list said is told then.
  ...(details === undefined ? { state, ...NOT_KNOWN } : endingOf(details)),
});

const NOT_KNOWN = { exit_code: null, oom_killed: false, started_at: null };

const endingOf = ({ state, exitCode, oomKilled, startedAt }: ContainerDetails) => ({
  state,
  exit_code: exitCode,
  oom_killed: oomKilled,
  started_at: startedAt?.toISOString() ?? null,
});

/** Newest generation first, its first replica first. */
const placeOf = ({ identity }: ContainerStatus): number =>
  (identity?.generation ?? 0) * 1_000 - (identity?.replica ?? 0);
