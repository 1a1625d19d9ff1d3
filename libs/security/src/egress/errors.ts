import { DomainError, type UpstreamLayer } from '@app/kernel';

/** Words for people; they name the kind of address, never the address. */
export type RefusalReason =
  | 'not a valid address'
  | 'scheme'
  | 'user name or password in the address'
  | 'denied port'
  | 'one of our own listeners'
  | 'metadata address'
  | 'loopback address'
  | 'link-local address'
  | 'private address'
  | 'reserved address'
  | 'plain http'
  | 'redirect'
  | 'too many redirects'
  | 'redirect from https to http'
  | 'redirect with a body to another origin';

/** We will not connect there. Asking again changes nothing; the operator's setting does. */
export class EgressRefusedError extends DomainError {
  readonly code = 'egress_refused';
  readonly kind = 'upstream';
  readonly title = 'Refused by outbound policy';
  override readonly hint =
    'Use a public https address, or ask the operator to name host and port in EGRESS_ALLOW.';
  constructor(readonly reason: RefusalReason) {
    super(`Refused by outbound policy: ${reason}.`);
  }
}

/** The exchange with the other side failed; `layer` says where. Its text is safe to show: it holds no address and no body. */
export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure';
  constructor(
    readonly layer: UpstreamLayer,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(`The request failed (${layer}: ${code}).`, options);
  }
}
