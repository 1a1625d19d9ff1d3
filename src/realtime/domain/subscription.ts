import { isTopic, type Topic, TOPICS } from './topics';

/** What events can be picked by. An event without the member matches no value of it. */
export const FILTERS = [
  'task_id',
  'run_id',
  'pipeline_id',
  'agent_id',
  'instance',
  'status',
  'event',
  'type',
] as const;
export type FilterName = (typeof FILTERS)[number];

/** What an event has to be picked by; several values where it has several names. */
export type Facets = Readonly<Partial<Record<FilterName, readonly string[]>>>;

export interface Subscription {
  /** Absent: whatever the caller may see. */
  readonly topics?: ReadonlySet<Topic>;
  readonly filter: ReadonlyMap<FilterName, ReadonlySet<string>>;
}

export const EVERYTHING: Subscription = { filter: new Map() };
export const NOTHING: Subscription = { topics: new Set(), filter: new Map() };

/** A fault in words, for whoever wrote the frame. */
export class SubscriptionFault extends Error {}

const VALUES_MAX = 50;
const VALUE_MAX_CHARACTERS = 200;

export function wants({ topics, filter }: Subscription, topic: Topic, facets: Facets): boolean {
  if (topics?.has(topic) === false) return false;
  for (const [name, values] of filter)
    if (facets[name]?.some((value) => values.has(value)) !== true) return false;
  return true;
}

/** Throws a `SubscriptionFault`. */
export function readTopics(value: unknown): ReadonlySet<Topic> | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.length > TOPICS.length)
    throw new SubscriptionFault(`topics is a list of some of ${TOPICS.join(', ')}`);
  const unknown = (value as readonly unknown[]).find((topic) => !isTopic(topic));
  if (unknown !== undefined) throw new SubscriptionFault(`there is no topic ${printed(unknown)}`);
  return new Set(value as readonly Topic[]);
}

/** Throws a `SubscriptionFault`. */
export function readFilter(value: unknown): Subscription['filter'] {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SubscriptionFault(`filter is an object with some of ${FILTERS.join(', ')}`);
  return new Map(Object.entries(value).map(([name, wanted]) => [filterName(name), valuesOf(name, wanted)]));
}

/** Two with the same key want the same events. */
export const subscriptionKey = ({ topics, filter }: Subscription): string =>
  JSON.stringify([
    topics === undefined ? null : [...topics].sort(),
    [...filter].map(([name, values]) => [name, [...values].sort()]).sort(),
  ]);

function filterName(name: string): FilterName {
  const known = FILTERS.find((one) => one === name);
  if (known === undefined) throw new SubscriptionFault(`there is no filter ${printed(name)}`);
  return known;
}

function valuesOf(name: string, value: unknown): ReadonlySet<string> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isFine = (one: unknown): one is string =>
    typeof one === 'string' && one !== '' && one.length <= VALUE_MAX_CHARACTERS;
  if (values.length === 0 || values.length > VALUES_MAX || !values.every(isFine))
    throw new SubscriptionFault(`filter.${name} is a text, or a list of up to ${String(VALUES_MAX)}`);
  return new Set(values);
}

const printed = (value: unknown): string => JSON.stringify(value).slice(0, 40);
