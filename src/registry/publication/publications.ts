import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { actorOf, principalOfRequest, requestContext } from '@app/telemetry';
import { Access } from '../../identity';
import { RegistryServerUnknownError } from '../domain/registry.errors';
import { serverPublished, serverWithdrawn } from '../domain/registry.events';
import { type NamedServer, type PublishedKind } from '../domain/server-names';

const TYPES = { instance: 'instances', endpoint: 'endpoints' } as const;
/** Locked, so that it is not deleted meanwhile. */
const FIND: Readonly<Record<PublishedKind, string>> = {
  instance: `SELECT id::text AS id FROM instances
              WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL AND desired_state <> 'deleted' FOR SHARE`,
  endpoint: `SELECT name AS id FROM virtual_endpoint WHERE workspace_id = $1 AND name = $2 FOR SHARE`,
};
const COLUMN: Readonly<Record<PublishedKind, string>> = { instance: 'instance_id', endpoint: 'endpoint' };

/** What everybody may know of while the registry is public. Who may change a thing may publish it. */
@Injectable()
export class Publications {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly events: EventAppender,
  ) {}

  publish(server: NamedServer): Promise<void> {
    return this.db.transaction(async () => {
      const id = await this.idOf(server);
      const { workspaceId } = principalOfRequest();
      const made = await this.db.execute(
        `INSERT INTO registry_publication (workspace_id, ${COLUMN[server.kind]}, published_by) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING`,
        [workspaceId, id, actorOf(requestContext.get())],
      );
      // Asked again, it is the same publication; the trail tells of the wish all the same.
      const before = made === 0 ? { public: true } : { public: false };
      await this.events.append([serverPublished(server)], { before, after: { public: true } });
    });
  }

  withdraw(server: NamedServer): Promise<void> {
    return this.db.transaction(async () => {
      const id = await this.idOf(server);
      const { workspaceId } = principalOfRequest();
      const gone = await this.db.execute(
        `DELETE FROM registry_publication WHERE workspace_id = $1 AND ${COLUMN[server.kind]} = $2`,
        [workspaceId, id],
      );
      const before = { public: gone > 0 };
      await this.events.append([serverWithdrawn(server)], { before, after: { public: false } });
    });
  }

  private async idOf({ kind, name }: NamedServer): Promise<string> {
    const principal = principalOfRequest();
    const { workspaceId } = principal;
    const [row] = await this.db.query<{ id: string }>(FIND[kind], [workspaceId, name]);
    const unknown = (): Error => new RegistryServerUnknownError(name);
    if (row === undefined) throw unknown();
    const type = TYPES[kind];
    this.access.demand(principal, `${type}:update`, { type, id: row.id, name, workspaceId }, unknown);
    return row.id;
  }
}
