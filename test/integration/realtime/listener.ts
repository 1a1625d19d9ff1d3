import { eventually } from '@app/testing';
import { WebSocket } from 'ws';

export type Heard = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ListenerOptions {
  readonly port?: number;
  readonly query?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** false: it does not answer pings, as if nobody was there any more. */
  readonly answersPings?: boolean;
}

const PATIENCE = { deadlineMs: 60_000, everyMs: 20 };

/** A client of `/ws` that keeps what it hears. */
export class Listener {
  readonly frames: Heard[] = [];
  readonly opened: Promise<void>;
  pings = 0;
  closed: { readonly code: number; readonly reason: string } | undefined;
  private readonly ws: WebSocket;

  constructor(url: string, { protocols = [], headers = {}, answersPings = true }: ListenerOptions = {}) {
    this.ws = new WebSocket(url, [...protocols], { headers, autoPong: answersPings });
    this.ws.on('ping', () => {
      this.pings += 1;
    });
    this.opened = new Promise((resolve, reject) => {
      this.ws.once('open', resolve).once('error', reject);
    });
    // A test that expects a refusal waits for `opened`; nobody else wants to hear of it.
    this.opened.catch(() => undefined);
    this.ws.on('error', () => undefined);
    this.ws.on('message', (data) => {
      this.frames.push(JSON.parse((data as Buffer).toString()) as Heard);
    });
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  /** Events: what has a number, the words about the stream apart. */
  get events(): readonly Heard[] {
    return this.frames.filter(
      ({ type, sequence }) => sequence !== undefined && !/^(auth_ok|resumed)$/.test(type),
    );
  }

  get sequences(): readonly number[] {
    return this.events.map(({ sequence }) => Number(sequence));
  }

  send(frame: object | string | Buffer): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  frame(type: string): Promise<Heard> {
    return this.until(() => {
      const found = this.frames.find((one) => one.type === type);
      if (found === undefined) throw new Error(`No ${type} among ${JSON.stringify(this.frames.slice(-3))}`);
      return found;
    });
  }

  /** Until the event with this number, or a later one, was heard. */
  reached(sequence: number): Promise<void> {
    return this.until(() => {
      expect(this.sequences.at(-1) ?? 0).toBeGreaterThanOrEqual(sequence);
    });
  }

  ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.until(() => {
      if (this.closed === undefined) throw new Error('It is still open.');
      return this.closed;
    });
  }

  stopReading(): void {
    this.ws.pause();
  }

  readOn(): void {
    this.ws.resume();
  }

  close(): void {
    this.ws.terminate();
  }

  private until<T>(check: () => T): Promise<T> {
    return eventually(check, PATIENCE);
  }
}
