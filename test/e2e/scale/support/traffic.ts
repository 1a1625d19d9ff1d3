import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Api } from '../../api';

const PAUSE_MS = 20;
/** A balancer that looks twice a second may send this long to a process that was killed. */
const UNAWARE_MS = 3_000;

interface Failure {
  readonly what: string;
  readonly begunMs: number;
  readonly endedMs: number;
  readonly why: string;
}

/** Clients that never stop asking and never ask twice: what fails, failed for a user. */
export class Traffic {
  readonly done = new Map<string, number>();
  readonly #failures: Failure[] = [];
  readonly #killedMs: number[] = [];
  readonly #loops: Promise<void>[] = [];
  #isEnding = false;

  constructor(private readonly api: Api) {}

  /** Begins `clients` loops of one kind of request. */
  begin(what: string, clients: number, ask: (api: Api, client: number, turn: number) => Promise<void>): void {
    for (let client = 0; client < clients; client += 1) this.#loops.push(this.#loop(what, client, ask));
  }

  /** From here on what was on its way to a process that dies at once may fail. */
  killed(): void {
    this.#killedMs.push(performance.now());
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#loops);
  }

  /** What failed though nothing was killed while it was on its way. */
  get unexcused(): readonly string[] {
    return this.#failures
      .filter(
        ({ begunMs, endedMs }) =>
          !this.#killedMs.some((killedMs) => begunMs < killedMs + UNAWARE_MS && endedMs > killedMs),
      )
      .map(({ what, why }) => `${what}: ${why}`);
  }

  async #loop(
    what: string,
    client: number,
    ask: (api: Api, client: number, turn: number) => Promise<void>,
  ): Promise<void> {
    for (let turn = 0; !this.#isEnding; turn += 1) {
      const begunMs = performance.now();
      try {
        await ask(this.api, client, turn);
        this.done.set(what, (this.done.get(what) ?? 0) + 1);
      } catch (error) {
        this.#failures.push({ what, begunMs, endedMs: performance.now(), why: inspect(error) });
      }
      await delay(PAUSE_MS);
    }
  }
}
