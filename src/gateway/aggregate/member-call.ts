import { type JsonObject } from '@app/kernel';
import { type McpEra, type RestOfCall } from '@app/mcp';
import { type Destination, type Exchange } from '../terminal/conversation';
import { type Connection } from '../upstream/connection';
import { type Upstream } from '../upstream/upstream';
import { type Party, type PartyLeg } from './party';

export interface MemberCall {
  /** Of the server. */
  readonly serverName: string;
  readonly method: string;
  /** As the server knows them. */
  readonly params: JsonObject;
  readonly exchange: Exchange;
  readonly party: Party;
  /** Of the tool or prompt, at the server. */
  readonly target?: string;
  /** The name by which the client called it, where that is another one. */
  readonly advertised?: string;
  /** As the server listed it, where it is a tool. */
  readonly tool?: JsonObject | undefined;
}

/** A call that is under way there already, without a promise; the rest of it is as of any other. */
export interface BegunCall {
  readonly upstream: Upstream;
  readonly partyLeg: PartyLeg;
  readonly connection: Connection;
  readonly rest: RestOfCall;
}

/** For the record of a call. */
export function destinationOf({ route }: Upstream, { target }: MemberCall): Destination {
  const { instanceId, name: serverName } = route;
  return target === undefined ? { instanceId, serverName } : { instanceId, serverName, target };
}

/** The parameters of a call as a server of the era is told them. */
export const asSent = ({ params, party, exchange }: MemberCall, era: McpEra): JsonObject => ({
  ...params,
  _meta: party.meta(era, params, exchange.traceparent),
});
