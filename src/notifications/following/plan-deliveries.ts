import { type Channel } from '../domain/delivery';
import { isMailAddress } from '../domain/mail-address';
import { isSubscribed, RUN_EVENTS } from '../domain/notifiable';
import { type LoggedEvent } from './cloud-event';

/** Whoever asked to be told of events of a workspace. */
export interface Subscriber {
  readonly workspaceId: string;
  readonly channel: Channel;
  readonly address: string;
  readonly events: readonly string[];
  /** null: by mail. */
  readonly endpointId: string | null;
}

/** What a run was started with: `notification: {webhook?, email?}`. */
export interface RunWish {
  readonly webhook?: string;
  readonly email?: string;
}

export interface PlannedDelivery {
  readonly channel: Channel;
  readonly address: string;
  readonly endpointId: string | null;
}

/**
 * Pure: who is told of an event. Each address once, however many reasons there are: an address that a run names and that is
 * also a webhook's is the webhook, whose secret its receiver knows.
 */
export function planDeliveries(
  event: Pick<LoggedEvent, 'name' | 'workspaceId'>,
  subscribers: readonly Subscriber[],
  wish: RunWish | undefined,
): readonly PlannedDelivery[] {
  const here = subscribers.filter(({ workspaceId }) => workspaceId === event.workspaceId);
  const planned = here.filter(({ events }) => isSubscribed(events, event.name));
  const asked = wishesOf(event.name, wish)
    .filter((one) => !planned.some(isSame(one)))
    .map((one) => ({ ...one, endpointId: here.find(isSame(one))?.endpointId ?? null }));
  return [...planned.map(({ channel, address, endpointId }) => ({ channel, address, endpointId })), ...asked];
}

type Address = Pick<PlannedDelivery, 'channel' | 'address'>;

const isSame =
  (one: Address) =>
  (other: Address): boolean =>
    one.channel === other.channel && one.address === other.address;

function wishesOf(event: string, { webhook, email }: RunWish = {}): readonly Address[] {
  if (!(RUN_EVENTS as readonly string[]).includes(event)) return [];
  return [
    ...(webhook === undefined ? [] : [{ channel: 'webhook', address: webhook } as const]),
    // What is no address was refused when the run was started; a row of before that rule must not stop the others.
    ...(email === undefined || !isMailAddress(email) ? [] : [{ channel: 'email', address: email } as const]),
  ];
}
