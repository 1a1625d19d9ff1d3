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

  async use<T>(work: (session: McpSession) => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      return await work(this.session);
    } finally {
      this.users -= 1;
      this.closeWhenUnused();
    }
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
