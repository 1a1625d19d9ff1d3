import { type RpcId, type RpcMessage } from '@app/mcp';
import { type RawResponse } from '@app/plain-http';
import { EventSink } from '../event-sink';
import { sendJson } from '../replies';

/** The answer to one request: plain JSON, or an event stream from the first message before the result on. */
export class NewerAnswer {
  private sink: EventSink | undefined;
  private isOver = false;
  private isGone = false;
  private readonly listeners: (() => void)[] = [];

  constructor(
    readonly id: RpcId,
    private readonly response: RawResponse,
    private readonly mayStream: boolean,
  ) {
    const onClose = (): void => {
      if (this.isOver) return;
      this.isOver = true;
      this.isGone = true;
      for (const listener of this.listeners.splice(0)) listener();
    };
    if (response.destroyed) onClose();
    else response.once('close', onClose);
  }

  /** The client closed the connection before the end: that is how this era cancels. Told at once when it did already. */
  onGone(listener: () => void): void {
    if (this.isGone) listener();
    else this.listeners.push(listener);
  }

  say(message: RpcMessage): void {
    if (this.isOver || !this.mayStream) return;
    this.openStream().write(frame(JSON.stringify(message)));
  }

  finish(text: string, status = 200): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.sink === undefined) {
      sendJson(this.response, text, status);
      return;
    }
    this.sink.write(frame(text));
    this.sink.end();
  }

  private openStream(): EventSink {
    this.sink ??= new EventSink(this.response);
    return this.sink;
  }
}

const frame = (json: string): string => `event: message\ndata: ${json}\n\n`;
