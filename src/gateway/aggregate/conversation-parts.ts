import { Injectable } from '@nestjs/common';
import { GatewayAccess } from '../access/gateway-access';
import { UpstreamCalls } from '../calls/upstream-calls';
import { RoutingTable } from '../routing/routing-table';
import { Catalogs } from './catalogs';
import { FanIn } from './fan-in';
import { MemberCalls } from './member-calls';
import { MemberReader } from './member-reader';
import { Pages } from './pages';

/** What every conversation works with. */
@Injectable()
export class ConversationParts {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    readonly calls: UpstreamCalls,
    readonly members: MemberCalls,
    readonly reader: MemberReader,
    readonly fanIn: FanIn,
    readonly pages: Pages,
    readonly catalogs: Catalogs,
    readonly table: RoutingTable,
    readonly access: GatewayAccess,
  ) {}
}
