import { MemoryEngine } from '../memory/memory-engine';
/** A program that ships with us: the only thing the process engine runs. */
export interface BundledEntry {
  readonly name: string;
  /** The arguments of node: a script and what follows it. `home` is the one folder the program may write. */
  args(home: string): readonly string[];
  /** Names of the variables that it may be given. */
  readonly environment: readonly string[];
}
export interface ProcessEngineOptions {
  readonly bundled: readonly BundledEntry[];
  /** Homes, and the list of what runs, so that a restart finds and ends it. */
  readonly dataDir: string;
}
export class ProcessEngine extends MemoryEngine {
  constructor(readonly processOptions: ProcessEngineOptions) {
    super();
  }
}
