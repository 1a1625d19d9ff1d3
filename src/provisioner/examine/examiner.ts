import { Logger } from '@nestjs/common';
import { type ContainerStatus } from '@app/container-engine';
import { type Examination, type ExamineReply } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { Semaphore } from '@app/resilience';
import { type Scrubber } from '@app/telemetry';
import { type Desired } from '../decide/desired';
import { type ObservedContainer } from '../decide/observed';
import { type EnginePost, type Engines } from '../engine/engines';
import { type ProbeTarget } from '../probe/prober';
import { type Targets } from '../probe/targets';
import { type DesiredInstances } from '../runner/desired-instances';
import { type Memories } from '../runner/instance-memory';
import { showable } from '../steps/showable';
import { askEra } from './ask-era';
import { askReach } from './ask-reach';
import { askTokens } from './ask-tokens';
import { failed, notAsked, type Subject } from './replies';

/** Shorter than the asker waits. */
const LIMIT_MS = 10_000;
const AT_ONCE = 16;
const WAITING_MAX = 64;

export interface ExaminerParts {
  readonly installation: string;
  readonly engines: Engines;
  readonly memories: Memories;
  readonly desiredInstances: Pick<DesiredInstances, 'read'>;
  readonly targets: Pick<Targets, 'of'>;
  readonly scrubber: Pick<Scrubber, 'scrub'>;
}

/**
 * Asks a server while somebody waits for the answer. It goes where the prober goes, with the same credentials: a
 * diagnosis that went another way could be well while the instance is red.
 */
export class Examiner {
  readonly #logger = new Logger(Examiner.name);
  readonly #slots = new Semaphore(AT_ONCE, WAITING_MAX, 'The examiner');

  constructor(private readonly parts: ExaminerParts) {}

  async examine(instanceId: string, what: Examination): Promise<ExamineReply> {
    const desired = await this.parts.desiredInstances.read(instanceId);
    if (desired?.spec === undefined) return notAsked('It is not there any more.');
    if (desired.wish !== 'running') return notAsked(`It is wanted ${desired.wish}: there is nobody to ask.`);
    const signal = AbortSignal.timeout(LIMIT_MS);
    return this.#slots.run(() => this.#examine(desired, what, signal), signal);
  }

  async #examine(desired: Desired, what: Examination, signal: AbortSignal): Promise<ExamineReply> {
    try {
      const subject = await this.#subjectOf(desired, signal);
      return subject === undefined
        ? notAsked('It has no process that could be asked.')
        : await ask(what, subject);
    } catch (error) {
      if (!(error instanceof DomainError) && !signal.aborted)
        this.#logger.error({ err: error, instance_id: desired.instanceId, msg: `examination: ${what}` });
      return failed(error, signal, (known) => showable(known, this.parts.scrubber));
    }
  }

  /** undefined: nothing runs. */
  async #subjectOf(desired: Desired, signal: AbortSignal): Promise<Subject | undefined> {
    const { spec } = desired;
    if (spec === undefined) return undefined;
    const memory = this.parts.memories.of(desired.instanceId);
    const post = this.parts.engines.homeOf(spec);
    const container = spec.type === 'url' ? undefined : await this.#containerOf(desired, post);
    if (spec.type !== 'url' && container === undefined) return undefined;
    const target: ProbeTarget = await this.parts.targets.of({ desired, spec, memory, post, container });
    return { spec, target, exposedPorts: memory.image?.exposedPorts ?? [], signal };
  }

  /** The first replica of the newest generation that runs. */
  async #containerOf(
    { instanceId }: Desired,
    post: EnginePost | undefined,
  ): Promise<ObservedContainer | undefined> {
    if (post?.watch.state !== 'up') return undefined;
    const { installation } = this.parts;
    const running = (await post.engine.list({ installation, instanceId })).filter(isReplica);
    const [first] = running.sort((a, b) => placeOf(a) - placeOf(b));
    if (first?.identity == null) return undefined;
    const { replica, generation, specHash } = first.identity;
    const { id, name } = first;
    return { id, name, replica, generation, specHash, state: 'running', attached: false };
  }
}

const isReplica = ({ identity, state }: ContainerStatus): boolean =>
  identity !== null && identity.session === undefined && state === 'running';

const placeOf = ({ identity }: ContainerStatus): number =>
  (identity?.replica ?? 0) - (identity?.generation ?? 0) * 1_000;

function ask(what: Examination, subject: Subject): Promise<ExamineReply> {
  switch (what) {
    case 'reach':
      return askReach(subject);
    case 'tokens':
      return askTokens(subject);
    case 'newer':
    case 'older':
      return askEra(what, subject);
  }
}
