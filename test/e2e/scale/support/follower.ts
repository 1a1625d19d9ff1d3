import { eventually } from '@app/testing';
import { WebSocket } from 'ws';

const AGAIN_AFTER_MS = 250;

interface Heard {
  readonly type: string;
  readonly sequence?: number;
  readonly task_id?: string;
  readonly status?: string;
}

/** A reader of the events of tasks that comes back after each end and asks for what came since. */
export class Follower {
  readonly sequences: number[] = [];
  readonly gaps: Heard[] = [];
  /** How its connections ended. */
  readonly ends: number[] = [];
  readonly #completed = new Map<string, number>();
  #since = 0;
  #isEnding = false;
  #ws: WebSocket | undefined;

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {
    this.#connect();
  }

  /** Times that each of these tasks was said to be completed. */
  completions(taskIds: readonly string[]): readonly number[] {
    return taskIds.map((id) => this.#completed.get(id) ?? 0);
  }

  /** Waits until it has heard of the end of each. */
  hearsOf(taskIds: readonly string[]): Promise<void> {
    return eventually(
      () => {
        const missing = taskIds.filter((id) => !this.#completed.has(id));
        if (missing.length > 0)
          throw new Error(`not heard of ${String(missing.length)}, such as ${String(missing[0])}`);
      },
      { deadlineMs: 120_000 },
    );
  }

  stop(): void {
    this.#isEnding = true;
    this.#ws?.terminate();
  }

  #connect(): void {
    if (this.#isEnding) return;
    const ws = new WebSocket(`${this.url.replace('http', 'ws')}/ws`);
    this.#ws = ws;
    ws.on('error', () => undefined);
    ws.once('open', () => {
      ws.send(JSON.stringify({ type: 'auth', token: this.key }));
    });
    ws.once('close', (code) => {
      if (this.#isEnding) return;
      this.ends.push(code);
      setTimeout(() => {
        this.#connect();
      }, AGAIN_AFTER_MS);
    });
    ws.on('message', (data) => {
      this.#hear(ws, JSON.parse((data as Buffer).toString()) as Heard);
    });
  }

  #hear(ws: WebSocket, frame: Heard): void {
    if (frame.type === 'auth_ok')
      ws.send(JSON.stringify({ type: 'subscribe', topics: ['tasks'], since: this.#since }));
    if (frame.type === 'gap') this.gaps.push(frame);
    if (frame.type !== 'task_update' || frame.sequence === undefined) return;
    this.#since = frame.sequence;
    this.sequences.push(frame.sequence);
    if (frame.status === 'completed' && frame.task_id !== undefined)
      this.#completed.set(frame.task_id, (this.#completed.get(frame.task_id) ?? 0) + 1);
  }
}
