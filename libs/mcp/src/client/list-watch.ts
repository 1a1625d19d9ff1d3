import { type RpcNotification } from '../wire/json-rpc';
import { type RpcChannel } from './channel';
import { type McpListKind } from './session';

type Listener = (kind: McpListKind) => void;

const KINDS: Readonly<Record<string, McpListKind>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/resources/list_changed': 'resources',
  'notifications/prompts/list_changed': 'prompts',
};
/** A server that keeps closing the stream is asked ever more rarely; caches expire by time anyway. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 300_000;

/** Keeps one stream open for as long as somebody wants to hear of changed lists. */
export class ListWatch {
  private readonly listeners = new Set<Listener>();
  private stream: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private isStopped = false;

  constructor(private readonly channel: RpcChannel) {
    channel.onNotification = (message) => {
      this.hear(message);
    };
  }

  add(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.stream === undefined && !this.isStopped) this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.release();
    };
  }

  stop(): void {
    this.isStopped = true;
    this.listeners.clear();
    this.release();
  }

  private hear({ method }: RpcNotification): void {
    const kind = KINDS[method];
    if (kind === undefined) return;
    this.pauseMs = FIRST_PAUSE_MS;
    for (const listener of this.listeners) listener(kind);
  }

  private open(): void {
    const stream = new AbortController();
    this.stream = stream;
    const again = (): void => {
      if (this.stream !== stream) return;
      // unref: waiting for a better moment must not keep a process alive.
      this.timer = setTimeout(() => {
        this.open();
      }, this.pauseMs).unref();
      this.pauseMs = Math.min(this.pauseMs * 2, LAST_PAUSE_MS);
    };
    // Why it ended does not matter: a server without such a stream (405) is asked again after the longest pause.
    this.channel.listen(stream.signal).then(again, again);
  }

  private release(): void {
    clearTimeout(this.timer);
    const { stream } = this;
    this.stream = undefined;
    stream?.abort(new Error('nobody listens any more'));
  }
}
