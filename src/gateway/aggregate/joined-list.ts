import { type JsonObject } from '@app/kernel';
import { type ListKind } from '../upstream/fetch-list';
import { advertisedName } from './advertised-names';
import { bytewise, type FacePlan } from './face-plan';
import { qualifyUri } from './resource-uris';

/** Where an advertised name leads. */
export interface Target {
  readonly instance: string;
  /** Name or URI at the server. */
  readonly original: string;
  /** As the server listed it. */
  readonly item: JsonObject;
}

export interface Entry extends Target {
  readonly advertised: string;
  readonly shown: JsonObject;
}

export interface JoinedList {
  /** By instance, then by original name, bytewise. */
  readonly entries: readonly Entry[];
  readonly byName: ReadonlyMap<string, Entry>;
  /** Names that several members offer and none gets, each with those members. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
}

export interface MemberItems {
  readonly instance: string;
  readonly items: readonly JsonObject[];
}

type Named = 'name' | 'uri' | 'uriTemplate';
const MEMBER: Readonly<Record<ListKind, Named>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  templates: 'uriTemplate',
};

/** Pure: the lists of the members, named as the plan says. A name that is claimed twice is nobody's. */
export function joinLists(kind: ListKind, plan: FacePlan, members: readonly MemberItems[]): JoinedList {
  const claims = new Map<string, Entry[]>();
  const entries = members
    .flatMap(({ instance, items }) => items.flatMap((item) => entryOf(kind, plan, instance, item)))
    .sort((a, b) => bytewise(a.instance, b.instance) || bytewise(a.original, b.original));
  for (const entry of entries) {
    const claimed = claims.get(entry.advertised);
    if (claimed === undefined) claims.set(entry.advertised, [entry]);
    else claimed.push(entry);
  }
  const single = entries.filter(({ advertised }) => claims.get(advertised)?.length === 1);
  const ambiguous = [...claims].filter(([, claimed]) => claimed.length > 1);
  return {
    entries: single,
    byName: new Map(single.map((entry) => [entry.advertised, entry])),
    ambiguous: new Map(ambiguous.map(([name, claimed]) => [name, claimed.map(({ instance }) => instance)])),
  };
}

function entryOf(kind: ListKind, plan: FacePlan, instance: string, item: JsonObject): Entry[] {
  const member = MEMBER[kind];
  const original = item[member];
  if (typeof original !== 'string' || !plan.shows(kind, instance, original)) return [];
  if (kind === 'tools') return toolOf(plan, instance, original, item);
  const advertised =
    kind === 'prompts'
      ? advertisedName(instance, original, plan.isPrefixed)
      : uriOf(plan.isPrefixed, instance, original);
  const shown = advertised === original ? item : { ...item, [member]: advertised };
  return [{ instance, original, item, advertised, shown }];
}

function toolOf(plan: FacePlan, instance: string, original: string, item: JsonObject): Entry[] {
  if (!plan.hasTool(instance, original)) return [];
  const { name, title, description } = plan.overrideOf(instance, original) ?? {};
  const advertised = name ?? advertisedName(instance, original, plan.isPrefixed);
  const shown = {
    ...item,
    name: advertised,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
  return [{ instance, original, item, advertised, shown }];
}

const uriOf = (isPrefixed: boolean, instance: string, uri: string): string =>
  isPrefixed ? qualifyUri(instance, uri) : uri;
