import { useSyncExternalStore } from 'react';
import { rest } from '~/api/client';
import { type InstanceActivity } from './instance';

const FRESH_MS = 10_000;
const SETTLE_MS = 200;
const IDS_MAX = 100;
/** The first question makes the server measure; the answer to a second one has the figures. */
const SECOND_LOOK_MS = 2_500;

/** What instances are busy with, asked for the rows on view only, all of them in one question. */
class ActivityBoard {
  private readonly watched = new Map<string, number>();
  private readonly known = new Map<string, { readonly at: number; readonly activity: InstanceActivity }>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  of(id: string): InstanceActivity | undefined {
    return this.known.get(id)?.activity;
  }

  watch(id: string): () => void {
    this.watched.set(id, (this.watched.get(id) ?? 0) + 1);
    this.plan(SETTLE_MS);
    return () => {
      const left = (this.watched.get(id) ?? 1) - 1;
      if (left > 0) this.watched.set(id, left);
      else this.watched.delete(id);
    };
  }

  private plan(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(), delayMs);
  }

  private async read(): Promise<void> {
    // Nobody on view, no question; the next row that comes plans again.
    if (this.watched.size === 0) return;
    const old = Date.now() - FRESH_MS;
    const due = [...this.watched.keys()]
      .filter((id) => (this.known.get(id)?.at ?? 0) <= old)
      .slice(0, IDS_MAX);
    if (due.length > 0 && document.visibilityState === 'visible') await this.ask(due);
    this.plan(SECOND_LOOK_MS);
  }

  private async ask(ids: readonly string[]): Promise<void> {
    // A figure that is not there is an empty cell; the list itself says when the server is away.
    const answer = await rest
      .GET('/api/v1/mcp/instances/activity', { params: { query: { ids: ids.join(',') } } })
      .catch(() => undefined);
    const at = Date.now();
    for (const activity of answer?.data?.activity ?? []) {
      const isFirst = !this.known.has(activity.id);
      this.known.set(activity.id, { at: isFirst ? at - FRESH_MS + SECOND_LOOK_MS : at, activity });
    }
    for (const listener of this.listeners) listener();
  }
}

export const activityBoard = new ActivityBoard();

/** The activity of one row, once it is known; the row must be watched while it is on view. */
export const useActivity = (id: string): InstanceActivity | undefined =>
  useSyncExternalStore(activityBoard.subscribe, () => activityBoard.of(id));
