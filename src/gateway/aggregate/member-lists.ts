import { type JsonObject } from '@app/kernel';
import { fetchList, type ListKind } from '../upstream/fetch-list';
import { type Fetched, type ListCache } from '../upstream/list-cache';
import { type Upstream } from '../upstream/upstream';
import { type Party } from './party';

export interface PartyList {
  readonly cache: ListCache<JsonObject>;
  /** In the client's name: some servers offer more to clients that can do more. */
  readonly fetch: () => Promise<Fetched<JsonObject>>;
}

export function listsFor(upstream: Upstream, kind: ListKind, party: Party): PartyList {
  const cache = upstream.lists(party.audience)[kind];
  const fetch = async (): Promise<Fetched<JsonObject>> => {
    const { leg } = await party.leg(upstream);
    return leg.use((session) =>
      fetchList(
        session,
        kind,
        upstream.route.name,
        session.era === 'newer' ? party.abilitiesMeta() : undefined,
      ),
    );
  };
  return { cache, fetch };
}
