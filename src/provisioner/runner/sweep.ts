import { Logger } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { type Engines } from '../engine/engines';
import { LeaseLostError } from '../engine/fenced-engine';
import { type DesiredInstances } from './desired-instances';

export interface SweepParts {
  readonly installation: string;
  readonly everyMs: number;
  readonly desiredInstances: DesiredInstances;
  readonly engines: Engines;
  readonly look: (instanceId: string) => void;
  readonly onReaped?: (count: number) => void;
}

/**
 * Lists everything that carries the installation's label and everything that is wanted, and has each of them looked at.
 * Runs when the lease is gained, when an engine (re)connects, and all the time: it is what makes lost messages harmless.
 */
export class Sweep {
  readonly #logger = new Logger(Sweep.name);
  #strays = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = true;

  constructor(private readonly parts: SweepParts) {}

  /** Reaped since the process began. */
  get strays(): number {
    return this.#strays;
  }

  start(): void {
    this.#stopped = false;
    this.now();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A sweep asked for while one runs follows it. */
  now(): void {
    if (this.#stopped) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#running = this.#once().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#again) {
        this.#again = false;
        this.now();
      } else
        this.#timer = setTimeout(() => {
          this.now();
        }, this.parts.everyMs);
    });
  }

  async #once(): Promise<void> {
    try {
      // What runs is listed before what is wanted: a container whose row is younger than the list cannot be in it.
      const running = await this.#instancesWithContainers();
      const wanted = new Set(await this.parts.desiredInstances.ids());
      const strays = [...running].filter((id) => !wanted.has(id));
      this.#countStrays(strays.length);
      for (const id of new Set([...wanted, ...running])) this.parts.look(id);
    } catch (error) {
      if (error instanceof LeaseLostError || isDatabaseUnavailable(error)) return;
      this.#logger.error({ err: error, msg: 'sweep failed' });
    }
  }

  async #instancesWithContainers(): Promise<Set<string>> {
    const ids = new Set<string>();
    for (const { engine, watch } of this.parts.engines.posts) {
      if (watch.state !== 'up') continue;
      const { installation } = this.parts;
      const containers = await engine.list({ installation });
      for (const { id, identity } of containers) {
        if (identity !== null) ids.add(identity.instanceId);
        // Ours by its label and without a place: nothing could ever look at it.
        else {
          this.#countStrays(1);
          await engine.remove(id);
        }
      }
      for (const { instanceId } of await engine.listNetworks({ installation }))
        if (instanceId !== null) ids.add(instanceId);
      await engine.sweep(installation);
    }
    return ids;
  }

  #countStrays(found: number): void {
    if (found === 0) return;
    this.#strays += found;
    this.parts.onReaped?.(found);
    this.#logger.warn({ found, total: this.#strays, msg: 'strays are reaped' });
  }
}
