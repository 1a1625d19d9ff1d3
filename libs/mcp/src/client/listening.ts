import { type RpcNotification } from '../wire/json-rpc';
import { type RpcChannel } from './channel';
import { type McpListKind } from './session';

type ListListener = (kind: McpListKind) => void;
type Listener = (message: RpcNotification) => void;

const KINDS: Readonly<Record<string, McpListKind>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/resources/list_changed': 'resources',
  'notifications/prompts/list_changed': 'prompts',
};
/** A server that keeps closing the stream is asked ever more rarely; caches expire by time anyway. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 300_000;
/** A server that says itself when to come back is believed, unless it says nothing else so many times in a row. */
const MAX_BIDDEN = 20;
const MIN_BIDDEN_MS = 20;

/** Keeps one stream open for as long as somebody wants to hear what belongs to no call. */
export class Listening {
  private readonly ofLists = new Set<ListListener>();
  private readonly ofAll = new Set<Listener>();
  private stream: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private bidden = 0;
  private isStopped = false;

  constructor(
    private readonly channel: RpcChannel,
    /** Somebody answers the server's questions, which may come over this stream at any time. */
    private readonly isAlways: boolean,
  ) {
    channel.onNotification = (message) => {
      this.hear(message);
    };
    this.follow();
  }

  onListChanged(listener: ListListener): () => void {
    return this.add(this.ofLists, listener);
  }

  onNotification(listener: Listener): () => void {
    return this.add(this.ofAll, listener);
  }

  stop(): void {
    this.isStopped = true;
    this.ofLists.clear();
    this.ofAll.clear();
    this.follow();
  }

  private add<T>(listeners: Set<T>, listener: T): () => void {
    listeners.add(listener);
    this.follow();
    return () => {
      listeners.delete(listener);
      this.follow();
    };
  }

  private get isWanted(): boolean {
    if (this.isStopped) return false;
    // The newer era is asked for what is wanted of it; lists are all that this stream asks for.
    const ofSession = this.channel.era === 'older' && (this.isAlways || this.ofAll.size > 0);
    return ofSession || this.ofLists.size > 0;
  }

  private follow(): void {
    if (this.isWanted && this.stream === undefined) this.open();
    else if (!this.isWanted) this.release();
  }

  private hear(message: RpcNotification): void {
    this.pauseMs = FIRST_PAUSE_MS;
    this.bidden = 0;
    for (const listener of this.ofAll) listener(message);
    const kind = KINDS[message.method];
    if (kind !== undefined) for (const listener of this.ofLists) listener(kind);
  }

  private open(): void {
    const stream = new AbortController();
    this.stream = stream;
    const again = (retryMs?: number): void => {
      if (this.stream !== stream) return;
      // unref: waiting for a better moment must not keep a process alive.
      this.timer = setTimeout(() => {
        this.open();
      }, this.nextPauseMs(retryMs)).unref();
    };
    // Why it ended does not matter: a server without such a stream (405) is asked again after the longest pause.
    this.channel.listen(stream.signal).then(again, () => {
      again();
    });
  }

  private nextPauseMs(retryMs: number | undefined): number {
    this.bidden += 1;
    if (retryMs !== undefined && this.bidden <= MAX_BIDDEN)
      return Math.min(Math.max(retryMs, MIN_BIDDEN_MS), LAST_PAUSE_MS);
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    return pauseMs;
  }

  private release(): void {
    clearTimeout(this.timer);
    const { stream } = this;
    this.stream = undefined;
    stream?.abort(new Error('nobody listens any more'));
  }
}
