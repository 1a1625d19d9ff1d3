import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type DomainEvent, type JsonObject } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { Access } from '../access/access';
import { GrantStore, type StoredGrant } from '../access/grant.store';
import { GrantTable } from '../access/grant-table';
import { Resources } from '../access/resources';
import { type Resource, type ResourceType } from '../domain/grant';
import { IdentityNotices } from '../identity-notices';
import { GrantExceedsOwnError } from '../users/user.errors';
import { toGrants, type WantedGrant } from './grant-rules';
import { GrantSubjects } from './grant-subjects';
import { GrantTargetUnknownError } from './grant.errors';

/** A resource and all that is granted on it; nothing: it is open to its workspace by role. */
export interface GrantedResource {
  readonly resource: Resource;
  readonly grants: readonly StoredGrant[];
}

/** Grants of a resource are replaced as a whole, so that nobody has to know what was there to say what shall be. */
@Injectable()
export class Grants {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly store: GrantStore,
    private readonly table: GrantTable,
    private readonly resources: Resources,
    private readonly subjects: GrantSubjects,
    private readonly access: Access,
    private readonly events: EventAppender,
    private readonly notices: IdentityNotices,
  ) {}

  async of(principal: Principal, type: ResourceType, idOrName: string): Promise<GrantedResource> {
    const resource = await this.find(principal, type, idOrName);
    return { resource, grants: await this.store.of(resource) };
  }

  async replace(
    principal: Principal,
    type: ResourceType,
    idOrName: string,
    wanted: readonly WantedGrant[],
  ): Promise<GrantedResource> {
    const resource = await this.find(principal, type, idOrName);
    const grants = toGrants(resource, wanted);
    await this.subjects.assertKnown(principal, wanted);
    const asked = new Set(grants.flatMap(({ permissions }) => permissions));
    for (const permission of asked)
      if (!this.access.may(principal, permission, resource)) throw new GrantExceedsOwnError(permission);
    return this.stored(resource, async () => {
      if (grants.length === 0) await this.store.forget(resource);
      else await this.store.replace(resource, grants, actorOf(requestContext.get()));
    });
  }

  /** What has no grants is open to its workspace, by role. */
  async clear(principal: Principal, type: ResourceType, idOrName: string): Promise<void> {
    const resource = await this.find(principal, type, idOrName);
    await this.stored(resource, () => this.store.forget(resource));
  }

  private async stored(resource: Resource, change: () => Promise<unknown>): Promise<GrantedResource> {
    const granted = await this.db.transaction(async () => {
      const before = await this.store.of(resource);
      await change();
      const grants = await this.store.of(resource);
      const [was, is] = [before.map(shown), grants.map(shown)];
      await this.events.append([changed(resource, is)], { before: { grants: was }, after: { grants: is } });
      this.notices.publish('grant', resource.id);
      return { resource, grants };
    });
    // Who is told that it was closed may rely on it, in this process at once.
    await this.table.look();
    return granted;
  }

  private async find(principal: Principal, type: ResourceType, idOrName: string): Promise<Resource> {
    const found = await this.resources.find(principal, type, idOrName);
    const isHidden = found !== undefined && !this.access.decide(principal, 'grants:read', found).visible;
    if (found === undefined || isHidden) throw new GrantTargetUnknownError(type, idOrName);
    return found;
  }
}

const shown = ({ subjectKind, subject, permissions, tools }: WantedGrant): JsonObject => ({
  subject_kind: subjectKind,
  subject,
  permissions: [...permissions],
  tools: tools === undefined ? null : [...tools],
});

const changed = ({ type, id, name }: Resource, grants: readonly JsonObject[]): DomainEvent => ({
  name: 'identity.grants.changed',
  aggregateType: type,
  aggregateId: id,
  data: { resource_type: type, resource_id: id, name, grants: [...grants] },
  occurredAt: new Date(),
});
