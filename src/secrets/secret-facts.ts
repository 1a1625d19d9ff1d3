import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { secretDeleted, secretStored } from './domain/secret.events';

/** Tells what became of secrets: as events with the change, and as notices to the readers after it. */
@Injectable()
export class SecretFacts {
  private readonly logger = new Logger(SecretFacts.name);

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  async stored(
    scope: string,
    versions: readonly { readonly name: string; readonly version: number }[],
  ): Promise<void> {
    for (const version of new Set(versions.map((each) => each.version))) {
      const alike = versions.filter((each) => each.version === version);
      await this.events.append(
        alike.map(({ name }) => secretStored(scope, name, version)),
        { after: { version } },
      );
    }
    this.announce(versions.map(({ name }) => `${scope}:${name}`));
  }

  async deleted(scope: string, names: readonly string[]): Promise<void> {
    await this.events.append(names.map((name) => secretDeleted(scope, name)));
    this.announce(names.map((name) => `${scope}:${name}`));
  }

  /** A lost notice costs at most the lifetime of a cached value, so it is logged and not retried. */
  private announce(addresses: readonly string[]): void {
    this.db.afterCommit(() => {
      for (const address of addresses)
        this.pubsub.publish(CHANNELS.secrets, address).catch((error: unknown) => {
          this.logger.warn(`change of ${address} was not announced: ${String(error)}`);
        });
    });
  }
}
