import { randomBytes } from 'node:crypto';
import { type Attachment, containerName, EngineUnavailableError } from '@app/container-engine';
import { type OwnProcess, type PerSessionChildren } from '@app/mcp';
import { Semaphore } from '@app/resilience';
import { maxSessionsOf } from '../decide/desired';
import { type ObservedContainer } from '../decide/observed';
import { LeaseLostError } from '../engine/fenced-engine';
import { type ContainerSteps } from '../steps/container-steps';
import { postOf, type StepContext } from '../steps/step-context';

/** Starts at once, over all instances: an engine that is asked for everything at the same time does nothing in time. */
const STARTS_AT_ONCE = 4;
const MAX_WAITING = 1_000;
/** A process that serves one session has nobody else to say good-bye to. */
const STOP_WITHIN_S = 2;
const SESSION_BYTES = 4;
const NEVER = new AbortController().signal;

type Place = Pick<StepContext, 'desired' | 'memory' | 'post'>;

export interface SessionContainersParts {
  readonly containers: ContainerSteps;
  readonly look: (instanceId: string) => void;
}

/**
 * The containers of servers whose sessions share nothing. Each is held by this process from before it is made until it
 * is removed; whatever carries the label of a session and is held by nobody is removed by the next look. So a process
 * that dies leaves nothing behind for longer than its successor needs to look.
 */
export class SessionContainers {
  /** By name: that is known before the container is. */
  readonly #held = new Set<string>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #starts = new Semaphore(STARTS_AT_ONCE, MAX_WAITING, 'The start of sessions');

  constructor(private readonly parts: SessionContainersParts) {}

  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  /** undefined where the clients of a server share one process. */
  childrenOf(context: Place, { replica }: ObservedContainer): PerSessionChildren | undefined {
    const { desired, memory, post } = context;
    const limit = desired.spec === undefined ? undefined : maxSessionsOf(desired.spec);
    if (limit === undefined) return undefined;
    const place = { desired, memory, post };
    return { limit, start: () => this.#starts.run(() => this.#start(place, replica)) };
  }

  /** Resolved when those that are ending are gone, or could not be ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  async #start(place: Place, replica: number): Promise<OwnProcess> {
    const { containers, look } = this.parts;
    const { instanceId, containerGeneration: generation } = place.desired;
    const session = randomBytes(SESSION_BYTES).toString('hex');
    const name = containerName({ instanceId, generation, replica, session, installation: '', specHash: '' });
    this.#held.add(name);
    let id: string | undefined;
    try {
      const { created } = await containers.make({ ...place, signal: NEVER }, { replica, session });
      id = created.id;
      // Before its start, so that nothing it says is lost.
      const attachment = await postOf(place).engine.attach(id);
      await containers.run(place, id);
      look(instanceId);
      return this.#process(place, { id, name }, attachment);
    } catch (error) {
      await this.#remove(place, { id, name });
      throw error instanceof LeaseLostError
        ? new EngineUnavailableError('another process takes it over')
        : error;
    }
  }

  #process(place: Place, made: { id: string; name: string }, attachment: Attachment): OwnProcess {
    const { stdin, stdout, stderr } = attachment;
    const stop = async (): Promise<void> => {
      attachment.close();
      const leaving = this.#remove(place, made);
      this.#leaving.add(leaving);
      await leaving;
      this.#leaving.delete(leaving);
    };
    return { stdin, stdout, stderr, stop };
  }

  /** What fails here is no loss: nobody holds the container any more, so the next look removes it. */
  async #remove(place: Place, { id, name }: { id: string | undefined; name: string }): Promise<void> {
    const { engine } = postOf(place);
    try {
      if (id !== undefined) {
        await engine.stop(id, STOP_WITHIN_S);
        await engine.remove(id);
      }
    } catch {
      // As said above.
    } finally {
      this.#held.delete(name);
      this.parts.look(place.desired.instanceId);
    }
  }
}
