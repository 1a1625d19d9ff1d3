import { Injectable } from '@nestjs/common';
import { actorOf, principalOfRequest, requestContext } from '@app/telemetry';
import { Access } from '../../identity';
import { type InstanceScope } from '../domain/instance-scope';

/** Scopes of whoever makes the request. */
@Injectable()
export class InstanceScopes {
  constructor(private readonly access: Access) {}

  /** For work that needs this permission on each instance it is about. */
  ofRequest(permission: string): InstanceScope {
    const principal = principalOfRequest();
    const { workspaceId } = principal;
    return {
      workspaceId,
      actor: actorOf(requestContext.get()),
      admit: ({ id, name }, unknown) => {
        this.access.demand(principal, permission, { type: 'instances', id, name, workspaceId }, unknown);
      },
      reach: () => this.access.reach(principal, 'instances', permission),
    };
  }

  /** For the answer to a change that was accepted: whoever made it may see what came of it. */
  ofAccepted(): InstanceScope {
    return { ...this.ofRequest('instances:read'), admit: () => undefined };
  }
}
