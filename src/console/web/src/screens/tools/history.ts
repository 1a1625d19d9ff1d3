import { useSyncExternalStore } from 'react';

export interface Run {
  readonly id: string;
  readonly at: string;
  readonly server: string;
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly outcome: 'ok' | 'tool_error' | 'refused';
  readonly durationMs: number;
}

export interface Example {
  readonly id: string;
  readonly server: string;
  readonly tool: string;
  readonly args: Record<string, unknown>;
}

/** Arguments may be private: what was run is forgotten with the tab, and only what somebody saves stays. */
const RUNS_MAX = 50;
const EXAMPLES_MAX = 100;
/** Larger arguments are not kept: storage is small, and shared by all screens. */
const ENTRY_MAX_CHARACTERS = 32_768;

/** A list of a few entries in the browser's storage, newest first. */
class Kept<T extends { readonly id: string }> {
  private known: readonly T[] | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly storage: Storage,
    private readonly key: string,
    private readonly limit: number,
  ) {}

  readonly get = (): readonly T[] => (this.known ??= this.read());

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(entry: T): void {
    if (JSON.stringify(entry).length > ENTRY_MAX_CHARACTERS) return;
    this.set([entry, ...this.get()].slice(0, this.limit));
  }

  remove(id: string): void {
    this.set(this.get().filter((entry) => entry.id !== id));
  }

  clear(): void {
    this.set([]);
  }

  private set(entries: readonly T[]): void {
    this.known = entries;
    try {
      this.storage.setItem(this.key, JSON.stringify(entries));
    } catch {
      // Full or forbidden: it is kept while the page is open.
    }
    for (const listener of this.listeners) listener();
  }

  private read(): readonly T[] {
    try {
      const entries: unknown = JSON.parse(this.storage.getItem(this.key) ?? '[]');
      return Array.isArray(entries) ? (entries as T[]).slice(0, this.limit) : [];
    } catch {
      return [];
    }
  }
}

export const runs = new Kept<Run>(window.sessionStorage, 'quayside-tool-runs', RUNS_MAX);
export const examples = new Kept<Example>(window.localStorage, 'quayside-tool-examples', EXAMPLES_MAX);

export const useRuns = (): readonly Run[] => useSyncExternalStore(runs.subscribe, runs.get);
export const useExamples = (): readonly Example[] => useSyncExternalStore(examples.subscribe, examples.get);
