import { type FieldProblem } from '@app/kernel';
import { checkUrlWhenSaved, type EgressPolicy } from '@app/security';
import { isMailAddress } from '../domain/mail-address';
import { NOTIFIABLE_EVENTS, unknownFilters } from '../domain/notifiable';
import { SubscriptionInvalidError } from '../domain/notification.errors';

/** Every fault at once, where it stands in the request. */
export function assertWebhook(
  { url, events }: { readonly url: string; readonly events: readonly string[] },
  policy: EgressPolicy,
): void {
  const fault = checkUrlWhenSaved(url, policy) ?? schemeFault(url);
  assertNone([...(fault === undefined ? [] : [fault]), ...filterFaults(events)]);
}

export function assertRecipient({
  address,
  events,
}: {
  readonly address: string;
  readonly events: readonly string[];
}): void {
  const detail = 'This is not a plain mail address such as ops@example.com.';
  const faults = isMailAddress(address) ? [] : [{ pointer: '/address', code: 'mail_address', detail }];
  assertNone([...faults, ...filterFaults(events)]);
}

function assertNone(faults: readonly FieldProblem[]): void {
  if (faults.length > 0) throw new SubscriptionInvalidError(faults);
}

/** Other lists of addresses take WebSockets too; a webhook is a POST. */
function schemeFault(url: string): FieldProblem | undefined {
  if (/^https?:\/\//i.test(url)) return undefined;
  return { pointer: '/url', code: 'url', detail: 'A webhook begins with https:// or http://.' };
}

const filterFaults = (events: readonly string[]): readonly FieldProblem[] =>
  unknownFilters(events).map((filter) => ({
    pointer: `/events/${String(events.indexOf(filter))}`,
    code: 'unknown_event',
    detail: `"${filter}" lets no event pass; there are ${NOTIFIABLE_EVENTS.join(', ')}.`,
  }));
