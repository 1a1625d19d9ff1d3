import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type DomainEvent } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { idOfRequest } from '@app/telemetry';
import { IdentityNotices } from '../identity-notices';
import { type Workspace, WorkspaceRows } from './workspace-rows';

export type WorkspaceChange = Partial<Pick<Workspace, 'name' | 'description'>>;
type DemandVersion = (rowVersion: number) => void;

/** Workspaces come, change and go; what they own is the affair of whoever owns it. */
@Injectable()
export class Workspaces {
  constructor(
    private readonly db: Database,
    private readonly rows: WorkspaceRows,
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  create(name: string, description: string): Promise<Workspace> {
    return this.db.transaction(async () => {
      const id = idOfRequest('workspaces', name);
      await this.rows.insert({ id, name, description });
      return this.changed('created', await this.rows.get(id));
    });
  }

  update(idOrName: string, change: WorkspaceChange, demandVersion: DemandVersion): Promise<Workspace> {
    return this.db.transaction(async () => {
      const before = await this.rows.get(idOrName, 'FOR UPDATE');
      demandVersion(before.rowVersion);
      await this.rows.update({ ...before, ...change });
      return this.changed('updated', await this.rows.get(before.id), before);
    });
  }

  /** The lock keeps everybody out who is about to put something into it. */
  async delete(idOrName: string, demandVersion: DemandVersion): Promise<void> {
    await this.db.transaction(async () => {
      const workspace = await this.rows.get(idOrName, 'FOR UPDATE');
      demandVersion(workspace.rowVersion);
      await this.rows.delete(workspace);
      await this.changed('deleted', workspace);
    });
  }

  private async changed(
    verb: 'created' | 'updated' | 'deleted',
    workspace: Workspace,
    before?: Workspace,
  ): Promise<Workspace> {
    const states = {
      before: verb === 'deleted' ? stateOf(workspace) : before && stateOf(before),
      after: verb === 'deleted' ? undefined : stateOf(workspace),
    };
    await this.events.append([fact(verb, workspace)], states);
    this.notices.publish('workspace', workspace.id);
    return workspace;
  }
}

const stateOf = ({ name, description }: Workspace) => ({ name, description });

const fact = (verb: string, { id, name, description }: Workspace): DomainEvent => ({
  name: `identity.workspace.${verb}`,
  aggregateType: 'workspaces',
  aggregateId: id,
  data: { workspace_id: id, name, description },
  occurredAt: new Date(),
});
