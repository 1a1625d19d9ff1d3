import { rest } from '~/api/client';
import { sessionEnded } from '~/api/session-events';
import { oldestSnapshot } from '~/api/snapshots';
import { BASE } from '~/security';
import { backoffMs } from './backoff';
import { type Frame, type Topic } from './frames';
import { LiveStatus } from './live-state';

/** The server pings browsers below our sight, so we ask by ourselves and count any frame as a sign of life. */
const PING_EVERY_MS = 15_000;
const SILENT_MS = 35_000;
const SESSION_CLOSED = new Set([4401, 4403]);

interface Handlers {
  readonly onFrame: (frame: Frame) => void;
  /** Events are missing between what the page shows and what comes next. */
  readonly onGap: () => void;
}

/** The one WebSocket of the tab: opened by the frame, kept for ever, subscribed to what the screens on view want. */
export class LiveConnection {
  readonly status = new LiveStatus();
  private socket: WebSocket | undefined;
  private topics: readonly Topic[] = [];
  /** What this socket was asked for. */
  private subscribed: readonly Topic[] = [];
  private lastSequence: number | undefined;
  private attempt = 0;
  private heardAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private stopped = true;

  constructor(private readonly handlers: Handlers) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener('online', this.comeBack);
    document.addEventListener('visibilitychange', this.comeBack);
    this.pulse = setInterval(this.feelPulse, PING_EVERY_MS / 3);
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener('online', this.comeBack);
    document.removeEventListener('visibilitychange', this.comeBack);
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = undefined;
  }

  /** The union of what the screens want; sent at once when connected, else with the next connection. */
  want(topics: readonly Topic[]): void {
    this.topics = topics;
    this.subscribe();
  }

  private async connect(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const { data, response } = await rest.POST('/api/v1/auth/ws-ticket');
      if (this.stopped) return;
      if (data === undefined) {
        if (response.status === 401) return;
        throw new Error('no ticket');
      }
      this.open(data.ticket);
    } catch {
      this.retry();
    }
  }

  private open(ticket: string): void {
    const address = new URL(`${BASE}/ws`, window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.search = `ticket=${encodeURIComponent(ticket)}`;
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.hear(String(data));
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lose(code);
    };
  }

  private hear(text: string): void {
    this.heardAt = Date.now();
    const frame = JSON.parse(text) as Frame;
    if (frame.type === 'auth_ok') this.welcome(frame);
    else if (frame.type === 'gap') this.handlers.onGap();
    else this.tell(frame);
  }

  private tell(frame: Frame): void {
    if (typeof frame.sequence === 'number') this.lastSequence = frame.sequence;
    this.status.set({ kind: 'live' });
    this.handlers.onFrame(frame);
  }

  private welcome({ sequence }: Frame): void {
    this.attempt = 0;
    this.subscribed = [];
    // What happened between the first answers and this greeting is told as well.
    this.lastSequence ??= oldestSnapshot() ?? (typeof sequence === 'number' ? sequence : undefined);
    this.subscribe();
    this.status.set({ kind: 'live' });
  }

  private subscribe(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const message =
      this.topics.length === 0
        ? { type: 'unsubscribe', topics: this.subscribed }
        : {
            type: 'subscribe',
            topics: this.topics,
            ...(this.lastSequence === undefined ? {} : { since: this.lastSequence }),
          };
    // To take nothing away is no message that the server knows.
    if (message.topics.length > 0) this.socket.send(JSON.stringify(message));
    this.subscribed = this.topics;
  }

  private lose(code: number): void {
    this.socket = undefined;
    if (this.stopped) return;
    if (SESSION_CLOSED.has(code)) sessionEnded();
    this.retry();
  }

  private retry(): void {
    if (this.stopped) return;
    this.attempt += 1;
    if (this.status.get().kind !== 'stale') this.status.set({ kind: 'reconnecting', attempt: this.attempt });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), backoffMs(this.attempt - 1));
  }

  private readonly comeBack = (): void => {
    if (this.socket !== undefined || document.visibilityState === 'hidden') return;
    void this.connect();
  };

  private readonly feelPulse = (): void => {
    const silence = Date.now() - this.heardAt;
    if (this.heardAt > 0 && silence > SILENT_MS) this.goStale();
    if (this.socket?.readyState === WebSocket.OPEN && silence > PING_EVERY_MS) {
      this.socket.send(JSON.stringify({ type: 'ping' }));
    }
  };

  private goStale(): void {
    this.status.set({ kind: 'stale', since: this.heardAt });
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
    if (socket !== undefined) this.retry();
  }
}
