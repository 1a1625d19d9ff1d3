import { readFilter, readTopics, type Subscription, SubscriptionFault } from './subscription';

export type ClientFrame =
  | { readonly type: 'auth'; readonly token: string }
  | { readonly type: 'subscribe'; readonly subscription: Subscription; readonly since?: number }
  | { readonly type: 'unsubscribe'; readonly topics?: Subscription['topics'] }
  | { readonly type: 'ping' };

const MEMBERS: Readonly<Record<ClientFrame['type'], readonly string[]>> = {
  auth: ['type', 'token'],
  subscribe: ['type', 'topics', 'filter', 'since'],
  unsubscribe: ['type', 'topics'],
  ping: ['type'],
};
/** The longest credential there is. */
const TOKEN_MAX_CHARACTERS = 8_192;

/** What a client says; a `SubscriptionFault` names what is wrong with it. */
export function readClientFrame(value: unknown): ClientFrame {
  if (!isObject(value)) throw new SubscriptionFault('a frame is a JSON object');
  const { type } = value;
  if (!isKnown(type)) throw new SubscriptionFault(`type is one of ${Object.keys(MEMBERS).join(', ')}`);
  const unknown = Object.keys(value).find((name) => !MEMBERS[type].includes(name));
  if (unknown !== undefined)
    throw new SubscriptionFault(`${type} has no member ${JSON.stringify(unknown).slice(0, 40)}`);
  return READERS[type](value);
}

const READERS: Readonly<
  Record<ClientFrame['type'], (value: Readonly<Record<string, unknown>>) => ClientFrame>
> = {
  auth: ({ token }) => {
    if (typeof token !== 'string' || token === '' || token.length > TOKEN_MAX_CHARACTERS)
      throw new SubscriptionFault('auth needs a token');
    return { type: 'auth', token };
  },
  subscribe: ({ topics, filter, since }) => ({
    type: 'subscribe',
    subscription: withTopics(readTopics(topics), readFilter(filter)),
    ...(since === undefined ? {} : { since: readSince(since) }),
  }),
  unsubscribe: ({ topics }) => {
    const read = readTopics(topics);
    return { type: 'unsubscribe', ...(read === undefined ? {} : { topics: read }) };
  },
  ping: () => ({ type: 'ping' }),
};

export function readSince(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new SubscriptionFault('since is a whole number that is not negative');
  return value as number;
}

export const withTopics = (topics: Subscription['topics'], filter: Subscription['filter']): Subscription => ({
  filter,
  ...(topics === undefined ? {} : { topics }),
});

const isKnown = (type: unknown): type is ClientFrame['type'] =>
  typeof type === 'string' && Object.hasOwn(MEMBERS, type);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
