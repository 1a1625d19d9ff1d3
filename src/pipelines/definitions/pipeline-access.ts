import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { Access, type Permission, type Reach } from '../../identity';
import { PipelineUnknownError } from './pipeline.errors';

export interface FoundPipeline {
  readonly id: string;
  readonly name: string;
}

/** Who may do what with which pipeline: the one decision, with its grants. */
@Injectable()
export class PipelineAccess {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  /** Throws as for a name that nobody has, or, where it may be seen, that this is not allowed. */
  async demand(principal: Principal, permission: Permission, idOrName: string): Promise<FoundPipeline> {
    const { workspaceId } = principal;
    const [found] = await this.db.query<FoundPipeline>(
      `SELECT id, name FROM pipeline WHERE workspace_id = $1 AND (id = $2::uuid OR name = $3) AND archived_at IS NULL
        ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1`,
      [workspaceId, isUuid(idOrName) ? idOrName : null, idOrName],
    );
    if (found === undefined) throw new PipelineUnknownError(idOrName);
    this.demandKnown(principal, permission, found);
    return found;
  }

  /** The same of one that was found already: a run of it is as closed as it is, also when it was deleted. */
  demandKnown(principal: Principal, permission: Permission, { id, name }: FoundPipeline): void {
    const { workspaceId } = principal;
    this.access.demand(
      principal,
      permission,
      { type: 'pipelines', id, name, workspaceId },
      () => new PipelineUnknownError(name),
    );
  }

  may({ principal, permission }: Asking, { id, name }: FoundPipeline): boolean {
    const { workspaceId } = principal;
    return this.access.may(principal, permission, { type: 'pipelines', id, name, workspaceId });
  }

  reach(principal: Principal, permission: Permission): Reach {
    return this.access.reach(principal, 'pipelines', permission);
  }
}

interface Asking {
  readonly principal: Principal;
  readonly permission: Permission;
}
