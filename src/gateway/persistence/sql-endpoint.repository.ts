import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database, isUniqueViolation } from '@app/database';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { EndpointRepository } from '../domain/endpoint.repository';
import { EndpointNameTakenError, EndpointUnknownError } from '../domain/gateway.errors';
import { type Prefix, type ToolSelection, VirtualEndpoint } from '../domain/virtual-endpoint';

interface EndpointRow {
  name: string;
  description: string;
  instances: string[];
  tools: ToolSelection;
  prefix: Prefix;
  row_version: number;
}

@Injectable()
export class SqlEndpointRepository extends EndpointRepository {
  private readonly logger = new Logger(SqlEndpointRepository.name);

  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {
    super();
  }

  override async load(name: string): Promise<VirtualEndpoint> {
    const [row] = await this.db.query<EndpointRow>(
      `SELECT name, description, instances, tools, prefix, row_version FROM virtual_endpoint WHERE name = $1 FOR UPDATE`,
      [name],
    );
    if (row === undefined) throw new EndpointUnknownError(name);
    const { description, instances, tools, prefix, row_version } = row;
    return VirtualEndpoint.restore(name, { description, instances, tools, prefix }, row_version);
  }

  override async add(endpoint: VirtualEndpoint): Promise<void> {
    const { name, description, instances, tools, prefix } = endpoint.snapshot();
    try {
      await this.db.execute(
        `INSERT INTO virtual_endpoint (name, description, instances, tools, prefix) VALUES ($1, $2, $3, $4::jsonb, $5)`,
        [name, description, instances, JSON.stringify(tools), prefix],
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new EndpointNameTakenError(name);
      throw error;
    }
    await this.publish(endpoint);
  }

  override async save(endpoint: VirtualEndpoint): Promise<void> {
    const { name, description, instances, tools, prefix } = endpoint.snapshot();
    await this.db.execute(
      `UPDATE virtual_endpoint SET description = $2, instances = $3, tools = $4::jsonb, prefix = $5,
         row_version = row_version + 1, updated_at = now() WHERE name = $1`,
      [name, description, instances, JSON.stringify(tools), prefix],
    );
    await this.publish(endpoint);
  }

  override async remove(endpoint: VirtualEndpoint): Promise<void> {
    await this.db.execute(`DELETE FROM virtual_endpoint WHERE name = $1`, [endpoint.name]);
    await this.publish(endpoint);
  }

  private async publish(endpoint: VirtualEndpoint): Promise<void> {
    await this.events.append(endpoint.takeEvents());
    this.db.afterCommit(() => {
      this.pubsub.publish(CHANNELS.endpoints, endpoint.name).catch((error: unknown) => {
        this.logger.debug(`the notice of ${endpoint.name} was lost: ${String(error)}`);
      });
    });
  }
}
