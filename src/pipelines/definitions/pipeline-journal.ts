import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { type DomainEvent, type JsonObject } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { type Principal } from '@app/telemetry';
import { GrantStore } from '../../identity';
import { type NewVersion, type PipelineRow } from './pipeline-rows';

/** Tells what became of pipelines; joins the caller's transaction. Never a template: those may hold what is nobody's business. */
@Injectable()
export class PipelineJournal {
  private readonly logger = new Logger(PipelineJournal.name);

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly grants: GrantStore,
    private readonly pubsub: PubSub,
  ) {}

  async created({ workspaceId }: Principal, version: NewVersion): Promise<void> {
    await this.events.append([factOf('created', version.pipelineId, dataOf(version))], {
      workspaceId,
      after: stateOf(version),
    });
  }

  async updated({ workspaceId }: Principal, version: NewVersion, found: PipelineRow): Promise<void> {
    await this.events.append([factOf('updated', version.pipelineId, dataOf(version))], {
      workspaceId,
      before: { name: found.name, version: found.version },
      after: stateOf(version),
    });
  }

  /** With what was granted on it. */
  async removed({ workspaceId }: Principal, { id, name, version }: PipelineRow): Promise<void> {
    if (await this.grants.forget({ workspaceId, type: 'pipelines', id })) this.tellOfGrants(id);
    const data = { pipeline_id: id, name, version };
    await this.events.append([factOf('deleted', id, data)], { workspaceId, before: { name, version } });
  }

  private tellOfGrants(id: string): void {
    this.db.afterCommit(() => {
      this.pubsub.publish(CHANNELS.identity, `grant:${id}`).catch((error: unknown) => {
        this.logger.debug(`the notice of ${id} was lost: ${String(error)}`);
      });
    });
  }
}

const factOf = (verb: 'created' | 'updated' | 'deleted', id: string, data: JsonObject): DomainEvent => ({
  name: `pipeline.${verb}`,
  aggregateType: 'pipelines',
  aggregateId: id,
  data,
  occurredAt: new Date(),
});

const dataOf = ({ pipelineId, version, body }: NewVersion): JsonObject => ({
  ...{ pipeline_id: pipelineId, name: body.name, version, stages: body.stages.length },
});

const stateOf = ({ version, body }: NewVersion): JsonObject => ({
  ...{ name: body.name, description: body.description ?? '', version },
  stages: body.stages.map(({ name }) => name),
});
