import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { actorOf, principalOfRequest, requestContext } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { isCallable, type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { UpstreamPool } from '../upstream/upstream-pool';
import { ToolPinStaleError } from './pin.errors';
import { pinningChanged, toolApproved } from './pin.events';
import { type PinnedTool, PinStore } from './pin.store';
import { ToolPins } from './tool-pins';

export interface PinsView {
  readonly isOn: boolean;
  readonly tools: readonly PinnedTool[];
}

/** Where people pin the tools of a server, and approve what it says anew. */
@Injectable()
export class PinDesk {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly table: RoutingTable,
    private readonly access: GatewayAccess,
    private readonly store: PinStore,
    private readonly pins: ToolPins,
    private readonly pool: UpstreamPool,
    private readonly db: Database,
    private readonly events: EventAppender,
  ) {}

  async show(nameOrId: string): Promise<PinsView> {
    const { instanceId } = await this.routeOf(nameOrId, 'instances:read');
    const [isOn, tools] = await Promise.all([this.store.isOn(instanceId), this.store.tools(instanceId)]);
    return { isOn, tools };
  }

  async setPinning(nameOrId: string, isOn: boolean): Promise<PinsView> {
    const route = await this.routeOf(nameOrId, 'instances:update');
    const { instanceId, workspaceId, name } = route;
    await this.db.transaction(async () => {
      const isChange = isOn ? await this.store.switchOn(instanceId) : await this.store.switchOff(instanceId);
      if (!isChange) return;
      const change = { before: { pinned: !isOn }, after: { pinned: isOn } };
      await this.events.append([pinningChanged({ instanceId, name }, isOn)], { workspaceId, ...change });
    });
    await this.pins.announce(instanceId);
    if (isOn) this.lookNow(route);
    return this.show(nameOrId);
  }

  async approve(nameOrId: string, tool: string, sha256: string): Promise<PinsView> {
    const { instanceId, workspaceId, name } = await this.routeOf(nameOrId, 'instances:update');
    await this.db.transaction(async () => {
      const by = actorOf(requestContext.get());
      const before = await this.store.approve(instanceId, { tool, sha256, by });
      if (before === undefined) throw new ToolPinStaleError(tool);
      const change = { before: { tool, sha256: before }, after: { tool, sha256 } };
      await this.events.append([toolApproved({ instanceId, name, tool, sha256 })], {
        workspaceId,
        ...change,
      });
    });
    await this.pins.announce(instanceId);
    return this.show(nameOrId);
  }

  private async routeOf(nameOrId: string, permission: string): Promise<Route> {
    const principal = principalOfRequest();
    const route = await this.table.resolve(principal, nameOrId);
    this.access.demandServer({ principal, permission }, route, nameOrId);
    return route;
  }

  /** What it offers now is what is approved. A server that is away is looked at when it is back. */
  private lookNow(route: Route): void {
    if (isCallable(route))
      this.pool
        .get(route)
        .tools.load()
        .catch(() => undefined);
  }
}
