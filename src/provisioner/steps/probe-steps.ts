import { Logger } from '@nestjs/common';
import { EngineUnavailableError } from '@app/container-engine';
import { isDatabaseUnavailable } from '@app/database';
import { DomainError } from '@app/kernel';
import { StdioServerEndedError } from '@app/mcp';
import { Semaphore } from '@app/resilience';
import { type Scrubber } from '@app/telemetry';
import { type Bridges } from '../bridge/bridges';
import { type SessionContainers } from '../bridge/session-containers';
import { answeredProbe, missedProbe, type Pace, UNHEALTHY_AFTER_MISSES } from '../decide/health';
import { type Change, type ObservedContainer, type ReplicaHealth } from '../decide/observed';
import { containerOf } from '../decide/wanted';
import { LeaseLostError } from '../engine/fenced-engine';
import { type Prober } from '../probe/prober';
import { type Targets } from '../probe/targets';
import { type ProvisionerTiming } from '../provisioner.options';
import { showable } from './showable';
import { postOf, specOf, type StepContext } from './step-context';

/** Probes under way at once: each is little work and much waiting. */
const PROBES_AT_ONCE = 128;
const MAX_WAITING = 100_000;

/** Waiting does not help against these: somebody has to change something. */
const HOPELESS: ReadonlySet<string> = new Set([
  'egress_refused',
  'secret_unreadable',
  'upstream_auth_failed',
  'upstream_token_failed',
]);

/** A container is next door and refuses at once while its server is not there yet. */
const CONTAINER_START = { quickProbes: Infinity, firstPauseMs: 25 };
const REMOTE_START = { quickProbes: UNHEALTHY_AFTER_MISSES, firstPauseMs: 500 };

const NOTHING_CHANGED: Change = {};

export interface ProbeStepsParts {
  readonly prober: Prober;
  readonly targets: Targets;
  readonly bridges: Bridges;
  readonly sessions: SessionContainers;
  readonly scrubber: Scrubber;
  readonly timing: ProvisionerTiming;
  readonly monotonicMs: () => number;
  readonly look: (instanceId: string) => void;
}

/** Asks servers whether they serve. */
export class ProbeSteps {
  readonly #logger = new Logger(ProbeSteps.name);
  readonly #slots = new Semaphore(PROBES_AT_ONCE, MAX_WAITING, 'The prober');

  constructor(private readonly parts: ProbeStepsParts) {}

  async attach(context: StepContext, container: ObservedContainer): Promise<Change> {
    const { desired, memory } = context;
    try {
      await this.parts.bridges.attach(postOf(context).engine, {
        instanceId: desired.instanceId,
        serverName: desired.name,
        replica: container.replica,
        containerId: container.id,
        era: memory.bridgeEra,
        perSession: this.parts.sessions.childrenOf(context, container),
        onEnd: () => {
          this.parts.look(desired.instanceId);
        },
      });
    } catch (error) {
      // Before its start a container has nobody who could be asked again: this one is given up.
      if (container.state === 'created') throw error;
      this.#missed(context, container.replica, error);
    }
    return { container: { ...container, attached: this.parts.bridges.isAttached(container.id) } };
  }

  async probe(context: StepContext, replicas: readonly number[]): Promise<Change> {
    await Promise.all(replicas.map((replica) => this.#probeOne(context, replica)));
    return NOTHING_CHANGED;
  }

  async #probeOne(context: StepContext, replica: number): Promise<void> {
    const { desired, observed, memory, post, signal } = context;
    const container = containerOf(desired, observed, replica);
    try {
      await this.#slots.run(async () => {
        const spec = specOf(context);
        if (spec.type === 'docker') memory.image ??= await post?.engine.imageInfo(spec.image);
        const target = await this.parts.targets.of({ desired, spec, memory, post, container });
        const answer = await this.parts.prober.probe(target, signal);
        memory.answers.set(replica, { ...answer, urls: target.urls });
        memory.probes.add({ atMs: Date.now(), replica, latencyMs: answer.latencyMs, reason: null });
      }, signal);
      memory.setHealth(
        replica,
        answeredProbe(this.#healthNow(context, replica), this.parts.monotonicMs(), this.#pace(context)),
      );
      memory.activity = null;
    } catch (error) {
      this.#missed(context, replica, error);
    }
  }

  #missed(context: StepContext, replica: number, error: unknown): void {
    const { desired, memory, signal } = context;
    // Cut short, or nobody here could ask: nothing was learned about the server.
    if (signal.aborted || error instanceof LeaseLostError || error instanceof EngineUnavailableError)
      throw error;
    if (isDatabaseUnavailable(error)) throw error;
    if (error instanceof StdioServerEndedError && error.diedOfQuestion) {
      memory.bridgeEra = 'older';
      memory.diedOfQuestion = true;
    }
    if (!(error instanceof DomainError))
      this.#logger.error({ err: error, instance_id: desired.instanceId, msg: 'probe' });
    const miss = {
      trouble: showable(error, this.parts.scrubber),
      hopeless: error instanceof DomainError && HOPELESS.has(error.code),
    };
    const health = missedProbe(
      this.#healthNow(context, replica),
      this.parts.monotonicMs(),
      this.#pace(context),
      miss,
    );
    memory.setHealth(replica, health);
    memory.probes.add({ atMs: Date.now(), replica, latencyMs: null, reason: miss.trouble });
    this.#rememberFailure(context, health);
  }

  /** A remote server has no container whose end would be recorded, so its trouble itself is the last error. */
  #rememberFailure({ desired, memory }: StepContext, { misses, hopeless, trouble }: ReplicaHealth): void {
    if (desired.spec?.type !== 'url' || trouble === null) return;
    if (misses !== UNHEALTHY_AFTER_MISSES && !(hopeless && misses === 1)) return;
    memory.lastError = {
      message: trouble,
      exit_code: null,
      oom_killed: false,
      output: [],
      at: new Date().toISOString(),
    };
  }

  #healthNow({ memory }: StepContext, replica: number): ReplicaHealth {
    return memory.healthOf(replica);
  }

  #pace({ desired }: StepContext): Pace {
    const seconds = desired.spec?.health_check?.interval;
    return {
      intervalMs: seconds === undefined ? this.parts.timing.probeIntervalMs : seconds * 1_000,
      ...(desired.spec?.type === 'url' ? REMOTE_START : CONTAINER_START),
    };
  }
}
