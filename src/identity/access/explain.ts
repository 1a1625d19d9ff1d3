import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { type Decision } from '../authorize';
import { type Resource, type ResourceType } from '../domain/grant';
import { Access } from './access';
import { Resources } from './resources';

/** A workspace that nothing belongs to: what is looked for and not found is as far away as what is another's. */
const NOWHERE = '';

/** Why a caller may or may not do something; of what is hidden no more is said than of what does not exist. */
@Injectable()
export class Explain {
  constructor(
    private readonly access: Access,
    private readonly resources: Resources,
  ) {}

  async decision(
    principal: Principal,
    permission: string,
    about?: readonly [type: ResourceType, idOrName: string],
  ): Promise<Decision> {
    if (about === undefined) return this.access.decide(principal, permission);
    const [type, asked] = about;
    const resource = await this.resources.find(principal, type, asked);
    const decision = resource && this.access.decide(principal, permission, resource);
    if (decision?.visible === true) return decision;
    const absent: Resource = { type, id: asked, name: asked, workspaceId: NOWHERE };
    return this.access.decide(principal, permission, absent);
  }
}
