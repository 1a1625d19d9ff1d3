import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { bearerOf, OpenStreams } from '../../identity';
import { GatewayAccess } from '../access/gateway-access';
import { EndpointTable } from '../routing/endpoint-table';
import { RoutingTable } from '../routing/routing-table';
import { type TerminalFace } from '../terminal/conversation';
import { permissionOf } from './face-permissions';
import { FollowedStream, type Reach } from './followed-stream';
import { ResourceMetadata } from './resource-metadata';
import { type Visit } from './visit';

const NOTHING: ReadonlySet<string> = new Set();

/** Answers that go on after their caller was checked: they end when that one is gone, or may no longer have all of it. */
@Injectable()
export class StreamWatch {
  constructor(
    private readonly open: OpenStreams,
    private readonly access: GatewayAccess,
    private readonly routes: RoutingTable,
    private readonly endpoints: EndpointTable,
    private readonly metadata: ResourceMetadata,
  ) {}

  /** From here until the answer is over. */
  follow(visit: Visit, face: TerminalFace): void {
    const { request, response, principal } = visit;
    if (principal === undefined || response.destroyed) return;
    const stream = new FollowedStream(response, {
      principal,
      bearer: bearerOf(request.headers.authorization),
      audience: this.metadata.resourceOf(request),
      permission: permissionOf(visit.scan?.method),
      reachOf: (now) => this.reachOf(face, now, permissionOf(visit.scan?.method)),
    });
    response.once('close', this.open.hold(stream));
  }

  /** What is closed to this caller of all that the face would show. */
  private reachOf(face: TerminalFace, principal: Principal, permission: string): Reach {
    if (face.kind === 'server') {
      const route = this.routes.find(principal, face.route.name) ?? face.route;
      return { isOpen: this.access.mayUse({ principal, permission }, route), closed: NOTHING };
    }
    const through = face.kind === 'endpoint' ? face.name : undefined;
    const isOpen = through === undefined || this.access.mayUseEndpoint(principal, permission, through);
    const view = this.access.viewOf(principal, through);
    if (view.isOpen) return { isOpen, closed: NOTHING };
    const members = this.membersOf(face, principal);
    const closed = members.filter((name) => {
      const route = this.routes.find(principal, name);
      return route !== undefined && !view.sees(route);
    });
    return { isOpen, closed: new Set(closed) };
  }

  private membersOf(face: TerminalFace, principal: Principal): readonly string[] {
    if (face.kind === 'endpoint') return this.endpoints.find(principal, face.name)?.instances ?? [];
    return this.routes.all(principal).map(({ name }) => name);
  }
}
