import { constants } from 'node:os';
import { type ContainerInspectInfo } from 'dockerode';

/** More ends than an installation sees in the second in which somebody asks why. */
const NOTES_MAX = 1_000;
/** As engines write "ended by this signal". */
const KILLED = 128 + constants.signals.SIGKILL;

/**
 * Which containers ran out of memory, as the engine's events told. What is told after the end, as may happen on a busy
 * machine, never gets into the engine's answers (seen with Docker 28: `OOMKilled` stays false for good).
 */
export class MemoryNotes {
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
  tellOf({ Id, State: state }: ContainerInspectInfo): boolean {
    return state.OOMKilled || (state.ExitCode === KILLED && this.#ids.has(Id));
  }
}
