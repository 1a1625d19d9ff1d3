import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContainerState } from '../container-engine';
import { type ContainerIdentity, type ContainerLimits, type ContainerSpec } from '../container-spec';
import { EngineRefusedError } from '../errors';

/** What is kept of a process on disk: the labels of a container, and how to find the process again. Never a secret. */
export interface ProcessRecord {
  readonly id: string;
  readonly name: string;
  readonly identity: ContainerIdentity;
  readonly entry: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: ContainerLimits;
  readonly stdio: boolean;
  readonly hasSecrets: boolean;
  /** A place in the range of users; the same while the record exists. */
  readonly slot: number;
  state: Exclude<ContainerState, 'removing'>;
  pid: number | null;
  /** Tells this process from a later one of the same number. */
  mark: string | null;
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export const newRecord = (
  { identity, command, environment, limits, stdio, secrets }: ContainerSpec,
  made: Pick<ProcessRecord, 'name' | 'entry' | 'slot'>,
): ProcessRecord => ({
  ...made,
  id: randomUUID().replaceAll('-', ''),
  identity,
  command: command ?? [],
  environment,
  limits,
  stdio,
  hasSecrets: (secrets?.values.size ?? 0) > 0,
  state: 'created',
  pid: null,
  mark: null,
  exitCode: null,
  signal: null,
  error: null,
  startedAt: null,
  finishedAt: null,
});

const SUFFIX = '.json';
const UNFINISHED_SUFFIX = '.new';

/** One file per record, replaced as a whole: a kill in the middle leaves the old one. */
export class ProcessRecords {
  readonly #folder: string;
  /** The last write of each record: they happen one after the other, else an older state could come last. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'records');
  }

  async load(): Promise<ProcessRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const names = await readdir(this.#folder);
    for (const name of names.filter((candidate) => candidate.endsWith(UNFINISHED_SUFFIX)))
      await rm(join(this.#folder, name), { force: true });
    const records = await Promise.all(
      names.filter((name) => name.endsWith(SUFFIX)).map((name) => this.#read(name)),
    );
    return records.filter((record) => record !== undefined);
  }

  save(record: ProcessRecord): Promise<void> {
    return this.#inTurn(record.id, async () => {
      const path = this.#pathOf(record.id);
      const unfinished = `${path}.${randomUUID()}${UNFINISHED_SUFFIX}`;
      try {
        await writeFile(unfinished, JSON.stringify(record), { mode: 0o600 });
        await rename(unfinished, path);
      } catch (error) {
        if (isAboutRoom(error))
          throw new EngineRefusedError('note down a process', 'no space left in DATA_DIR', null, {
            cause: error,
          });
        throw error;
      } finally {
        // On a full disk each try would leave one more.
        await rm(unfinished, { force: true });
      }
    });
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(id, () => rm(this.#pathOf(id), { force: true }));
  }

  #inTurn(id: string, write: () => Promise<void>): Promise<void> {
    // Whoever asked for the former write has been told of its failure.
    const turn = (this.#writes.get(id) ?? Promise.resolve()).catch(() => undefined).then(write);
    this.#writes.set(id, turn);
    const forget = (): void => {
      if (this.#writes.get(id) === turn) this.#writes.delete(id);
    };
    turn.then(forget, forget);
    return turn;
  }

  async #read(name: string): Promise<ProcessRecord | undefined> {
    const text = await readFile(join(this.#folder, name), 'utf8');
    try {
      return JSON.parse(text) as ProcessRecord;
    } catch {
      // A disk that was full once. The process of such a record ends with its standard input.
      await rm(join(this.#folder, name), { force: true });
      return undefined;
    }
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id}${SUFFIX}`);
  }
}

const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Whoever waits for a server can do something about a full disk, once told. */
const isAboutRoom = (error: unknown): boolean =>
  error instanceof Error && NO_ROOM.has(Reflect.get(error, 'code'));
