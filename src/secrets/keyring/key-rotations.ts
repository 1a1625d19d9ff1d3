import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { Keyring } from '@app/security';
import { keyRotationRequested } from '../domain/secret.events';
import { KeyringRows } from './keyring-rows';

/** No address of a secret: nobody's cache is meant by it. */
export const ROTATION_NOTICE = 'keyring:rotate';

/** The asking side of a rotation; a worker does it. */
@Injectable()
export class KeyRotations {
  private readonly logger = new Logger(KeyRotations.name);

  constructor(
    private readonly db: Database,
    private readonly rows: KeyringRows,
    private readonly keyring: Keyring,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  /** The rotation to the present primary key: the one that runs, or a new one. One to another key ends with it. */
  request(): Promise<{ readonly operationId: string; readonly kid: string }> {
    const kid = this.keyring.primaryKid;
    return this.db.transaction(async () => {
      await this.rows.lockBeginning();
      const running = await this.rows.open();
      if (running?.kid === kid) return { operationId: running.operation_id, kid };
      if (running !== undefined) await this.supersede(running.operation_id);
      const operationId = await this.rows.begin(kid);
      await this.events.append([keyRotationRequested(kid, operationId)]);
      this.db.afterCommit(() => {
        this.pubsub.publish(CHANNELS.secrets, ROTATION_NOTICE).catch((error: unknown) => {
          // The worker looks by itself, too.
          this.logger.debug(`a rotation was not announced: ${String(error)}`);
        });
      });
      return { operationId, kid };
    });
  }

  private async supersede(operationId: string): Promise<void> {
    await this.rows.end(operationId, {
      status: 'cancelled',
      failed: 0,
      step: { name: 're-wrap', status: 'failed', message: 'A rotation to another key took its place.' },
      error: {
        type: '/problems/operation_superseded',
        status: 409,
        code: 'operation_superseded',
        title: 'A later change took its place',
        detail: 'A rotation to another key was asked for before this one had finished.',
      },
    });
  }
}
