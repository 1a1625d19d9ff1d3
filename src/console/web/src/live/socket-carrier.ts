import { rest } from '~/api/client';
import { BASE } from '~/security';
import { type Carrier, GREETED_WITHIN_MS, type Hearing, type Loss } from './carrier';
import { type Frame, type Topic } from './frames';

const SESSION_CLOSED = new Set([4401, 4403]);

/** The WebSocket. A page must not hold a key, so each one opens with a ticket that is good once. */
export function openSocket(hearing: Hearing): Carrier {
  const line = new SocketLine(hearing);
  void line.open();
  return line;
}

class SocketLine implements Carrier {
  private socket: WebSocket | undefined;
  private isTaken = false;
  private isOver = false;
  private allowed: readonly Topic[] = [];
  private subscribed: readonly Topic[] | undefined;
  private deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly hearing: Hearing) {}

  async open(): Promise<void> {
    try {
      const { data } = await rest.POST('/api/v1/auth/ws-ticket');
      if (this.isOver) return;
      // The client has said already when it was for the session.
      if (data === undefined) this.lose('away');
      else this.connect(data.ticket);
    } catch {
      this.lose('away');
    }
  }

  readonly want = (topics: readonly Topic[], since: number | undefined): void => {
    // To ask for what one may not hear ends the connection.
    const wanted = topics.filter((topic) => this.allowed.includes(topic));
    if (wanted.length > 0)
      this.say({ type: 'subscribe', topics: wanted, ...(since === undefined ? {} : { since }) });
    // Who asks for nothing is told everything, and to take nothing away is no message that the server knows.
    else if ((this.subscribed ?? this.allowed).length > 0)
      this.say({ type: 'unsubscribe', topics: this.subscribed ?? this.allowed });
    this.subscribed = wanted;
  };

  /** The server's own pings stay below the sight of a page. */
  readonly ask = (): void => this.say({ type: 'ping' });

  readonly close = (): void => {
    this.isOver = true;
    clearTimeout(this.deadline);
    this.socket?.close();
  };

  private connect(ticket: string): void {
    const address = new URL(`${BASE}/ws`, window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.search = `ticket=${encodeURIComponent(ticket)}`;
    const socket = new WebSocket(address);
    this.socket = socket;
    this.deadline = setTimeout(() => this.lose('barred'), GREETED_WITHIN_MS);
    socket.onopen = () => (this.isTaken = true);
    socket.onmessage = ({ data }) => {
      if (!this.isOver) this.hear(JSON.parse(String(data)) as Frame);
    };
    socket.onclose = ({ code }) =>
      this.lose(SESSION_CLOSED.has(code) ? 'session' : this.isTaken ? 'away' : 'barred');
  }

  private hear(frame: Frame): void {
    this.hearing.onSign();
    if (frame.type === 'gap') this.hearing.onGap();
    else if (frame.type === 'auth_ok') this.greeted(frame);
    else this.hearing.onFrame(frame);
  }

  private greeted({ sequence, topics }: Frame): void {
    clearTimeout(this.deadline);
    this.allowed = Array.isArray(topics) ? (topics as readonly Topic[]) : [];
    this.hearing.onOpen({
      topics: this.allowed,
      ...(typeof sequence === 'number' ? { sequence } : {}),
    });
  }

  private say(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private lose(why: Loss): void {
    if (this.isOver) return;
    this.close();
    this.hearing.onLost(why);
  }
}
