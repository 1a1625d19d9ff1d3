import { type ContainerInspectInfo } from 'dockerode';
import { signalOf } from './docker-status';

/** Beyond that the oldest is forgotten; whoever asks for the reason of an end does so within seconds. */
const NOTES_MAX = 1_000;

/**
 * Which containers ran out of memory, as the engine's events told. What is told after the end, as may happen on a busy
 * machine, never gets into the engine's answers (seen with Docker 28: `OOMKilled` stays false for good).
 */
export class OomNotes {
  readonly #ids = new Set<string>();

  add(containerId: string): void {
    const [oldest] = this.#ids;
    if (oldest !== undefined && this.#ids.size >= NOTES_MAX) this.#ids.delete(oldest);
    this.#ids.add(containerId);
  }

  forget(containerId: string): void {
    this.#ids.delete(containerId);
  }

  /** Only a kill may be blamed on what an event told: one of its children may have died of memory long before. */
  isOomKilled({ Id, State: state }: ContainerInspectInfo): boolean {
    return state.OOMKilled || (signalOf(state.ExitCode) === 'SIGKILL' && this.#ids.has(Id));
  }
}
