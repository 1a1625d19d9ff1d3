import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { type Scope } from '@app/kernel';
import { PubSub } from '@app/queues';
import { type KnownServer, ToolListRows } from './tool-list-rows';

/** Longer than a gateway takes to look at a server that answers; who saves a pipeline waits no longer. */
const ANSWER_LIMIT_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * Asks the gateways what servers offer: they alone reach them. The question is a notice and the answer a row, so that it
 * works alike in one process and in many, and what was seen last is there when nobody answers.
 */
@Injectable()
export class ToolListQuestions {
  private readonly logger = new Logger(ToolListQuestions.name);

  constructor(
    private readonly rows: ToolListRows,
    private readonly pubsub: PubSub,
  ) {}

  async ask(scope: Scope, idsOrNames: readonly string[]): Promise<readonly KnownServer[]> {
    const askedAt = await this.rows.now();
    const endsAtMs = performance.now() + ANSWER_LIMIT_MS;
    let servers = await this.rows.servers(scope, idsOrNames, askedAt);
    await this.publish(scope, servers);
    while (servers.some(({ isFresh }) => !isFresh) && performance.now() < endsAtMs) {
      await sleep(LOOK_EVERY_MS);
      servers = await this.rows.servers(scope, idsOrNames, askedAt);
    }
    return servers;
  }

  private async publish({ workspaceId }: Scope, servers: readonly KnownServer[]): Promise<void> {
    const asked = servers.filter(({ isFresh }) => !isFresh);
    try {
      await Promise.all(
        asked.map(({ id }) => this.pubsub.publish(CHANNELS.toolLists, `${workspaceId}:${id}`)),
      );
    } catch (error) {
      // Nobody hears it then, and what was seen last has to do.
      this.logger.debug(`the question for lists of tools was lost: ${String(error)}`);
    }
  }
}
