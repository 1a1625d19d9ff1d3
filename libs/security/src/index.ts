export { hashApiKey, matchesApiKey, type NewApiKey, newApiKey, parseApiKey } from './api-key';
export { directFetch, type DirectFetch } from './egress/direct-fetch';
export { EgressRefusedError, OutboundFailure, type RefusalReason } from './egress/errors';
export {
  type FetchLike,
  guardedFetch,
  type GuardedFetch,
  type GuardedFetchOptions,
} from './egress/guarded-fetch';
export {
  guardedSocket,
  type GuardedSocket,
  type GuardedSocketOptions,
  type OpenSocket,
  type SocketRefusal,
  type SocketRequest,
} from './egress/guarded-socket';
export { outboundFailure } from './egress/exchange';
export { guardedOutbound, Outbound, type OutboundOptions, trustedOutbound } from './egress/outbound';
export {
  type OutboundController,
  type OutboundHandler,
  type OutboundRequest,
  type OutboundTarget,
} from './egress/outbound-request';
export { EgressPolicy, type EgressPolicyInit, InvalidEgressEntryError } from './egress/policy';
export { checkUrlWhenSaved } from './egress/saved-url';
export { trustedFetch, type TrustedFetchOptions } from './egress/trusted-fetch';
export { type Envelope } from './envelope';
export { InvalidKeyringError, Keyring } from './keyring';
export { REDACTED, redactHeaders } from './redact-headers';
export {
  bridgeToken,
  isBridgeToken,
  signRequest,
  type SignedRequest,
  UnsignedRequestError,
  verifyRequest,
} from './signed-request';
export {
  type ReceivedWebhook,
  signWebhook,
  verifyWebhook,
  type WebhookHeaders,
  type WebhookMessage,
  type WebhookVerdict,
} from './webhooks/sign-webhook';
export {
  InvalidWebhookSecretError,
  newWebhookSecret,
  webhookKeyOf,
  webhookSecretOf,
} from './webhooks/webhook-secret';
