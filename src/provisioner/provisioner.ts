import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { assemble, type Parts } from './assemble';
import { SecretKeepers, Surroundings } from './surroundings';
import { ProvisionerOptions } from './provisioner.options';
import { type Examiner } from './examine/examiner';
import { type EngineAnswers } from './questions/engine-answers';
import { type Leadership, type LeadershipListener } from './runner/leadership';

/** The one user of the container engines. Acts while it holds the lease, stands by otherwise. */
@Injectable()
export class Provisioner implements OnApplicationBootstrap, BeforeApplicationShutdown, LeadershipListener {
  readonly #logger = new Logger(Provisioner.name);
  readonly #parts: Parts;
  #isStopping = false;

  constructor(
    private readonly options: ProvisionerOptions,
    surroundings: Surroundings,
    secrets: SecretKeepers,
  ) {
    this.#parts = assemble({ options, surroundings, secrets, clock: systemClock });
  }

  get answers(): EngineAnswers {
    return this.#parts.answers;
  }

  get examiner(): Examiner {
    return this.#parts.examiner;
  }

  get leadership(): Leadership {
    return this.#parts.leadership;
  }

  /** Reaped containers since the process began, and reports that wait for the queue. */
  get figures(): { readonly strays: number; readonly pendingReports: number } {
    return { strays: this.#parts.sweep.strays, pendingReports: this.#parts.outbox.pending };
  }

  isActive(): boolean {
    return this.#parts.leadership.isHeld() && !this.#isStopping;
  }

  /** `asker`: the traceparent of the message that asks. */
  look(instanceId: string, generation?: number, asker?: string): void {
    this.#parts.reconciler.looks.look(instanceId, generation, asker);
  }

  /** The newest report of an instance that arrived; one told since is told again, or a lost one would be missed for long. */
  heard(instanceId: string, sequence: number): void {
    this.#parts.reporter.heard(instanceId, sequence);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#parts.bridges.start();
    await this.#parts.engines.start();
    this.#parts.leadership.start(this);
  }

  /** In this order: no new looks, the last reports, the lease for the successor, then whatever is held open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    const { sweep, reconciler, outbox, leadership, engines, bridges, sessions, prober } = this.#parts;
    sweep.stop();
    engines.stop();
    await reconciler.looks.stop();
    await outbox.stop();
    await prober.close();
    await bridges.stop();
    await sessions.settled();
    await this.options.bundled.close();
    await this.options.docker?.close();
    await leadership.stop();
  }

  onGained(alone: boolean): void {
    this.#logger.log(`holds the lease ${this.#parts.leadership.name}`);
    if (!alone) this.#forgetEverything();
    // Reports of the former epoch may have been overtaken: everything is told again.
    this.#parts.reporter.forgetAll();
    this.#parts.sweep.start();
  }

  /** Streams stay open: while only the database is away, calls to running servers go on. */
  onLost(): void {
    if (!this.#isStopping)
      this.#logger.warn('the lease is not held any more: nothing is changed until it is');
    this.#parts.sweep.stop();
    this.#parts.reconciler.looks.pause();
  }

  /** Children of this process cannot be taken over by anybody, so they end; containers stay for the successor. */
  onUsurped(): void {
    this.#logger.warn('another provisioner has taken over');
    this.#forgetEverything();
    this.#endChildren().catch((error: unknown) => {
      this.#logger.error({ err: error, msg: 'child processes could not be ended' });
    });
  }

  #forgetEverything(): void {
    const { bridges, memories, prober } = this.#parts;
    bridges.letGoOfAll();
    memories.clear();
    void prober.close();
  }

  async #endChildren(): Promise<void> {
    const { bundled, installationId: installation } = this.options;
    // Not through the fence: this is the one thing that may, and must, be done without the lease.
    const children = await bundled.list({ installation });
    await Promise.all(children.map(({ id }) => bundled.remove(id)));
  }
}
