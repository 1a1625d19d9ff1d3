import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { decide, type Decision, may, verdictOf } from '../authorize';
import { type GrantsOf, type Resource, type ResourceType } from '../domain/grant';
import { IdentityUnavailableError, PermissionDeniedError } from '../domain/identity.errors';
import { GrantTable } from './grant-table';

/** Rows that a list leaves out, besides those of other workspaces. */
export interface Reach {
  /** Absent: any. */
  readonly onlyNames?: readonly string[];
  readonly withoutIds: readonly string[];
}

/** The decision with the grants of this installation: who may do what to one resource, and what a list may show. */
@Injectable()
export class Access {
  private readonly grantsOf: GrantsOf = (resource) => this.table.of(resource);

  constructor(private readonly table: GrantTable) {}

  /** Another number after each change of a grant. */
  get version(): number {
    return this.table.version;
  }

  may(principal: Principal | undefined, permission: string, resource?: Resource): boolean {
    if (resource !== undefined) this.demandGrants();
    return may(principal, permission, resource, this.grantsOf);
  }

  decide(principal: Principal | undefined, permission: string, resource?: Resource): Decision {
    if (resource !== undefined) this.demandGrants();
    return decide(principal, permission, resource, this.grantsOf);
  }

  /** `unknown` makes the answer for what does not exist: nobody must learn the difference. */
  demand(
    principal: Principal | undefined,
    permission: string,
    resource: Resource,
    unknown: () => Error,
  ): void {
    if (this.may(principal, permission, resource)) return;
    if (!this.decide(principal, permission, resource).visible) throw unknown();
    throw new PermissionDeniedError(permission);
  }

  /** Whether everybody with the same permissions sees the same of the workspace: no grants, and no key with limits. */
  isOpen(principal: Principal, type: ResourceType): boolean {
    this.demandGrants();
    const limited = type === 'pipelines' ? undefined : principal.limitedTo?.[type];
    return limited === undefined && this.table.within(principal.workspaceId, type) === undefined;
  }

  /** Some of its tools are hidden from this caller. */
  hasToolLimits(principal: Principal, resource: Resource): boolean {
    const grants = this.table.of(resource);
    return grants.length > 0 && principal.role !== 'admin' && grants.some(({ tools }) => tools !== undefined);
  }

  /** For a query, so that pages are full and nothing is left out afterwards. */
  reach(principal: Principal, type: ResourceType, permission: string): Reach {
    this.demandGrants();
    const { workspaceId, limitedTo } = principal;
    const named = type === 'pipelines' ? undefined : limitedTo?.[type];
    const restricted = this.table.within(workspaceId, type);
    // Names are the key's affair, which the query sees to; here only grants decide.
    const { limitedTo: _limits, ...unlimited } = principal;
    const withoutIds = [...(restricted?.keys() ?? [])].filter(
      (id) =>
        !['open', 'granted', 'administers'].includes(
          verdictOf(unlimited, permission, { type, id, name: '', workspaceId }, this.grantsOf),
        ),
    );
    return { withoutIds, ...(named === undefined ? {} : { onlyNames: [...named] }) };
  }

  /** Before the first look nobody knows what is closed; everything is, then. */
  private demandGrants(): void {
    if (!this.table.isLoaded) throw new IdentityUnavailableError();
  }
}
