import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { PubSub, type Unsubscribe } from '@app/queues';

export type IdentityNotice =
  'key' | 'user' | 'session' | 'grant' | 'workspace' | 'issuer' | 'setting' | 'quota';
type Listener = (id: string) => void;

/**
 * Says in every process that something about who may do what has changed. A lost notice costs seconds: whoever remembers
 * asks again after a time of its own.
 */
@Injectable()
export class IdentityNotices implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdentityNotices.name);
  private readonly listeners = new Map<string, Set<Listener>>();
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    private readonly db: Database,
    private readonly pubsub: PubSub,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.pubsub.subscribe(CHANNELS.identity, (payload) => {
      this.tell(payload);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unsubscribe?.();
  }

  on(kind: IdentityNotice, listener: Listener): void {
    const known = this.listeners.get(kind) ?? new Set<Listener>();
    this.listeners.set(kind, known.add(listener));
  }

  /** After the commit of the open transaction; here at once, elsewhere as soon as it arrives. */
  publish(kind: IdentityNotice, id: string): void {
    this.db.afterCommit(() => {
      const payload = `${kind}:${id}`;
      this.tell(payload);
      this.pubsub.publish(CHANNELS.identity, payload).catch((error: unknown) => {
        this.logger.debug(`the notice ${payload} was lost: ${String(error)}`);
      });
    });
  }

  private tell(payload: string): void {
    const colon = payload.indexOf(':');
    for (const listener of this.listeners.get(payload.slice(0, colon)) ?? [])
      listener(payload.slice(colon + 1));
  }
}
