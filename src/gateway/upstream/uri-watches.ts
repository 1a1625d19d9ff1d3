import { type McpSession, type McpSubscription, type RpcNotification } from '@app/mcp';

type Say = (message: RpcNotification) => void;

export interface UriWatch {
  /** False when the server does not tell of this resource. */
  readonly isGranted: boolean;
  /** Settles when no more will come. */
  readonly ended: Promise<void>;
  stop(): void;
}

interface Shared {
  readonly listeners: Set<Say>;
  readonly opened: Promise<McpSubscription>;
}

const OF_SESSION = new WeakMap<McpSession, UriWatches>();

/** Subscriptions to resources on one session: the server is asked once for each, however many of ours listen. */
export class UriWatches {
  private readonly byUri = new Map<string, Shared>();

  private constructor(private readonly session: McpSession) {}

  static of(session: McpSession): UriWatches {
    const known = OF_SESSION.get(session) ?? new UriWatches(session);
    OF_SESSION.set(session, known);
    return known;
  }

  async open(uri: string, say: Say): Promise<UriWatch> {
    const shared = this.byUri.get(uri) ?? this.ask(uri);
    shared.listeners.add(say);
    const stop = (): void => {
      this.leave(uri, shared, say);
    };
    try {
      const { granted, ended } = await shared.opened;
      return { isGranted: granted.resourceUris?.includes(uri) === true, ended, stop };
    } catch (error) {
      stop();
      throw error;
    }
  }

  private ask(uri: string): Shared {
    const listeners = new Set<Say>();
    const opened = this.session.subscribe({ resourceUris: [uri] }, (message) => {
      for (const say of listeners) say(message);
    });
    const shared = { listeners, opened };
    this.byUri.set(uri, shared);
    const forget = (): void => {
      if (this.byUri.get(uri) === shared) this.byUri.delete(uri);
    };
    opened.then(({ ended }) => ended).then(forget, forget);
    return shared;
  }

  private leave(uri: string, shared: Shared, say: Say): void {
    shared.listeners.delete(say);
    if (shared.listeners.size > 0) return;
    if (this.byUri.get(uri) === shared) this.byUri.delete(uri);
    shared.opened.then(
      (subscription) => {
        subscription.stop();
      },
      () => undefined, // It never began: there is nothing to end.
    );
  }
}
