import { type McpListKind, type McpSession } from '@app/mcp';

/** A session with the number of its users: one that was given up is closed when the last of them is done. */
export class Connection {
  private users = 0;
  private isRetired = false;
  private readonly stopListening: () => void;

  constructor(
    readonly session: McpSession,
    onListChanged: (kind: McpListKind) => void,
  ) {
    this.stopListening = session.onListChanged(onListChanged);
  }

  use<T>(work: (session: McpSession) => Promise<T>): Promise<T> {
    this.enter();
    return this.useEntered(work);
  }

  /** For whom `enter` counted before; it ends with `leave`. */
  async useEntered<T>(work: (session: McpSession) => Promise<T>): Promise<T> {
    try {
      return await work(this.session);
    } finally {
      this.leave();
    }
  }

  enter(): void {
    this.users += 1;
  }

  leave(): void {
    this.users -= 1;
    this.closeWhenUnused();
  }

  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    this.stopListening();
    this.closeWhenUnused();
  }

  private closeWhenUnused(): void {
    // A server that is gone cannot be told good-bye.
    if (this.isRetired && this.users === 0) this.session.close().catch(() => undefined);
  }
}
