import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { Access, PermissionDeniedError, type Resource } from '../../identity';
import { EndpointUnknownError, ServerUnknownError } from '../domain/gateway.errors';
import { type Route } from '../routing/route';
import { CallerView } from './caller-view';

/** One use of a server by one caller. */
export interface Use {
  readonly principal: Principal;
  readonly permission: string;
  /** The original name of the tool, where one is called. */
  readonly tool?: string | undefined;
  /** The endpoint by which the server was reached. */
  readonly through?: string | undefined;
  /** The caller's session, whose calls go to one replica of a server. */
  readonly stay?: string | undefined;
}

/** A route never changes once it is made, and is judged at each call. */
const RESOURCES = new WeakMap<Route, Resource>();

function resourceOf(route: Route): Resource {
  const known = RESOURCES.get(route);
  if (known !== undefined) return known;
  const { instanceId: id, name, workspaceId } = route;
  const made: Resource = { type: 'instances', id, name, workspaceId };
  RESOURCES.set(route, made);
  return made;
}

/** Who may use which server, endpoint and tool: the one decision, in the words of the gateway. */
@Injectable()
export class GatewayAccess {
  constructor(private readonly access: Access) {}

  mayUse({ principal, permission, tool, through }: Use, route: Route): boolean {
    const resource = resourceOf(route);
    if (tool === undefined && through === undefined) return this.access.may(principal, permission, resource);
    const { type, id, name, workspaceId } = resource;
    // Filled in rather than joined: this is asked for each call.
    const used: { -readonly [Member in keyof Resource]: Resource[Member] } = { type, id, name, workspaceId };
    if (tool !== undefined) used.tool = tool;
    if (through !== undefined) used.through = through;
    return this.access.may(principal, permission, used);
  }

  /** Throws as for a name that nobody has, or, where the server may be seen, that this is not allowed. */
  demandServer(use: Use, route: Route, asked: string): void {
    if (this.mayUse(use, route)) return;
    const { tool: _tool, ...server } = use;
    this.access.demand(
      use.principal,
      use.permission,
      { ...resourceOf(route), ...(server.through === undefined ? {} : { through: server.through }) },
      () => new ServerUnknownError(asked),
    );
    // The server may be used, and this tool of it not: it is one that does not exist.
    throw new ToolHiddenError(use.permission);
  }

  demandEndpoint(principal: Principal, permission: string, name: string): void {
    const endpoint = endpointOf(principal, name);
    this.access.demand(principal, permission, endpoint, () => new EndpointUnknownError(name));
  }

  mayUseEndpoint(principal: Principal, permission: string, name: string): boolean {
    return this.access.may(principal, permission, endpointOf(principal, name));
  }

  /** Some tools of this server are not there for this caller, so that its lists cannot pass as they are. */
  hidesTools(principal: Principal, route: Route): boolean {
    return this.access.hasToolLimits(principal, resourceOf(route));
  }

  /** What a caller sees of all servers of its workspace, for lists that are kept. */
  viewOf(principal: Principal, through?: string): CallerView {
    return new CallerView(this, this.access, principal, through);
  }
}

const endpointOf = ({ workspaceId }: Principal, name: string): Resource => ({
  type: 'endpoints',
  id: name,
  name,
  workspaceId,
});

/** Replaced, wherever it is caught, by the words for a tool that does not exist. */
export class ToolHiddenError extends PermissionDeniedError {}
