import { ContainerNotFoundError, EngineRefusedError } from '../errors';
import { Child } from './child';
import { processMark, signalGroup } from './process-mark';
import { type ProcessRecord, ProcessRecords } from './process-record';

const MAX_SLOTS = 1_000;

export interface KnownProcess {
  readonly record: ProcessRecord;
  readonly child: Child;
  /** While it is being started; whoever wants it ended waits for that first, else it would begin afterwards. */
  starting?: Promise<void>;
}

/** Every process of this engine: those of this life, and the records of those that a former one left. */
export class ProcessTable {
  readonly #records: ProcessRecords;
  readonly #processes = new Map<string, KnownProcess>();
  #opened: Promise<void> | undefined;

  constructor(dataDir: string) {
    this.#records = new ProcessRecords(dataDir);
  }

  open(): Promise<void> {
    // A disk that was full may have room again: a failure is not kept.
    this.#opened ??= this.#recover().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  all(): KnownProcess[] {
    return [...this.#processes.values()];
  }

  lookUp(idOrName: string): KnownProcess | undefined {
    return this.#processes.get(idOrName) ?? this.all().find(({ record }) => record.name === idOrName);
  }

  find(id: string): KnownProcess {
    const known = this.lookUp(id);
    if (known === undefined) throw new ContainerNotFoundError(id);
    return known;
  }

  /** Known before the first await, so that a second create meets it. */
  async add(record: ProcessRecord): Promise<void> {
    this.#processes.set(record.id, { record, child: new Child(record.stdio) });
    try {
      await this.#records.save(record);
    } catch (error) {
      this.#processes.delete(record.id);
      throw error;
    }
  }

  /** Writes a change down, unless the record was removed meanwhile: that would bring it back. */
  async save(record: ProcessRecord): Promise<void> {
    if (this.#processes.has(record.id)) await this.#records.save(record);
  }

  async remove({ id }: ProcessRecord): Promise<void> {
    this.#processes.delete(id);
    await this.#records.remove(id);
  }

  /** A place in the range of users that nobody has. */
  freeSlot(): number {
    const taken = new Set(this.all().map(({ record }) => record.slot));
    for (let slot = 0; slot < MAX_SLOTS; slot += 1) if (!taken.has(slot)) return slot;
    throw new EngineRefusedError('make another process', `there are ${MAX_SLOTS} already`, null);
  }

  /** What a former life of ours left: its streams are gone, so it is of no use to anybody, and is ended. */
  async #recover(): Promise<void> {
    for (const record of await this.#records.load()) {
      if (record.state === 'running') await this.#endOrphan(record);
      this.#processes.set(record.id, { record, child: new Child(record.stdio) });
    }
  }

  async #endOrphan(record: ProcessRecord): Promise<void> {
    const isSame =
      record.pid !== null && record.mark !== null && (await processMark(record.pid)) === record.mark;
    if (isSame && record.pid !== null) signalGroup(record.pid, 'SIGKILL');
    const error = 'The process that kept it ended, and it ended with it.';
    Object.assign(record, { state: 'exited', error, finishedAt: new Date().toISOString() });
    await this.#records.save(record);
  }
}
