import { eventually } from '@app/testing';
import { Installation, type InstallationOptions } from '../../installation';
import { brokenPromises } from './checker';
import { History } from './history';
import { Load } from './load';
import { type InstanceRecord, RecordKeeper } from './records';
import { startUpstream, type Upstream } from './upstream';

/** Enough to have several requests under way at any moment, few enough for two cores. */
const CLIENTS = 6;
/** Of them, those whose first instance is a process on this machine; the rest are remote servers, which cost little. */
const WITH_PROCESSES = 2;
/** The promise is 30 s; the limit is for a machine that is busy with other things. */
const SETTLE_LIMIT_MS = 120_000;
const PROGRESS_LIMIT_MS = 120_000;

/** An installation under load, with everything that was promised to the clients written down. */
export class Siege {
  readonly history = new History();
  #load: Load | undefined;

  private constructor(
    readonly installation: Installation,
    readonly keeper: RecordKeeper,
    private readonly upstream: Upstream,
  ) {}

  static async start(options: InstallationOptions): Promise<Siege> {
    const upstream = await startUpstream();
    try {
      const installation = await Installation.start(options);
      return new Siege(installation, await RecordKeeper.open(installation.database), upstream);
    } catch (error) {
      await upstream.stop();
      throw error;
    }
  }

  begin(): void {
    const { history } = this;
    const remote = { type: 'url', endpoint: this.upstream.url };
    const local = { type: 'stdio', command: 'echo' };
    const specOf = (client: number, life: number): object =>
      life === 0 && client < WITH_PROCESSES ? local : remote;
    this.#load = new Load({ api: this.installation.api, history, clients: CLIENTS, specOf });
  }

  /** Waits until so many more wishes were acknowledged. */
  acknowledges(more: number): Promise<void> {
    return this.#counts('acknowledged', more);
  }

  /** Waits until a fault was felt: so many more requests were refused. */
  refuses(more: number): Promise<void> {
    return this.#counts('refused', more);
  }

  /** Ends the load, then waits until every wish is fulfilled and every event is published. Says what came last. */
  async settle(): Promise<readonly InstanceRecord[]> {
    await this.#load?.end();
    let last: readonly InstanceRecord[] = [];
    await eventually(
      async () => {
        const unsettled = await this.keeper.unsettled();
        const unsent = await this.keeper.unsent();
        if (unsettled.length > 0) last = unsettled;
        if (unsettled.length + unsent > 0)
          throw new Error(
            `${String(unsent)} events wait, and ${JSON.stringify(unsettled.slice(0, 5))}\n${this.installation.lastLog()}`,
          );
      },
      { deadlineMs: SETTLE_LIMIT_MS, everyMs: 250 },
    );
    return last;
  }

  async brokenPromises(): Promise<readonly string[]> {
    return brokenPromises(this.history.operations, await this.keeper.read());
  }

  async stop(): Promise<void> {
    // A test that failed leaves the clients asking; they end with the installation, and nobody asks how.
    const ended = this.#load?.end().catch(() => undefined);
    await this.keeper.close();
    await this.installation.stop();
    await this.upstream.stop();
    void ended;
  }

  async #counts(kind: 'acknowledged' | 'refused', more: number): Promise<void> {
    const wanted = this.history.outcomes()[kind] + more;
    await eventually(
      () => {
        const seen = this.history.outcomes();
        if (seen[kind] < wanted)
          throw new Error(
            `${JSON.stringify(seen)}, wanted ${String(wanted)} ${kind}\n${this.installation.lastLog()}`,
          );
      },
      { deadlineMs: PROGRESS_LIMIT_MS, everyMs: 20 },
    );
  }
}
