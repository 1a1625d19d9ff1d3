import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { DomainError } from '@app/kernel';
import {
  EgressPolicy,
  EgressRefusedError,
  guardedFetch,
  type GuardedFetch,
  OutboundFailure,
  signWebhook,
  type WebhookHeaders,
} from '@app/security';
import { Scrubber, tracer } from '@app/telemetry';
import { Carrier, type DueDelivery, type Exchange, type Outcome } from '../domain/delivery';
import { SigningSecrets } from '../endpoints/signing-secrets';
import { CLOUD_EVENT_TYPE } from '../following/cloud-event';
import { tellDelivery } from './delivery-span';
import { firstBytesOf } from './first-bytes';

/** From the first byte of ours to the last one that is read. */
const TIMEOUT_MS = 10_000;
/** What is kept of an answer. */
const ANSWER_MAX_BYTES = 2_048;
const SLOTS = 16;
const GONE = 410;
const MS_PER_S = 1_000;

/** One POST in the manner of Standard Webhooks; redirects are answers like any other. */
@Injectable()
export class WebhookCarrier extends Carrier implements OnApplicationShutdown {
  readonly channel = 'webhook';
  readonly slots = SLOTS;
  private readonly fetch: GuardedFetch;

  constructor(
    policy: EgressPolicy,
    private readonly signing: SigningSecrets,
    private readonly scrubber: Scrubber,
  ) {
    super();
    this.fetch = guardedFetch(policy, {
      maxRedirects: 0,
      headersTimeoutMs: TIMEOUT_MS,
      connectionsPerHost: 4,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.fetch.close();
  }

  override async carry(delivery: DueDelivery): Promise<Outcome> {
    const startedAtMs = performance.now();
    const outcome = await this.tried(delivery);
    if (tracer.isOn) tellDelivery(delivery, outcome, startedAtMs);
    return outcome;
  }

  private async tried(delivery: DueDelivery): Promise<Outcome> {
    const unsigned = { request: requestOf(delivery) };
    try {
      const headers = await this.headersOf(delivery);
      return await this.post(delivery, headers);
    } catch (error) {
      return { kind: 'failed', ...unsigned, ...faultOf(error) };
    }
  }

  /** Addresses that runs name are signed for the workspace, once it has asked for a secret; before, nobody could check. */
  private async headersOf({ id, workspaceId, endpointId, body }: DueDelivery): Promise<HeadersOfMessage> {
    const secrets = await this.signing.of(endpointId ?? workspaceId, workspaceId);
    const timestampS = Math.floor(Date.now() / MS_PER_S);
    if (secrets.length > 0) return signWebhook({ id, timestampS, body, secrets });
    return { 'webhook-id': id, 'webhook-timestamp': String(timestampS) };
  }

  private async post(delivery: DueDelivery, headers: HeadersOfMessage): Promise<Outcome> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await this.fetch(delivery.address, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...FIXED_HEADERS, 'accept-encoding': 'identity', ...headers },
      body: delivery.body,
      signal,
    });
    // A receiver may say our own words back to us.
    const answer = this.scrubber.scrub(await firstBytesOf(response, ANSWER_MAX_BYTES));
    const exchange = {
      request: requestOf(delivery, headers),
      responseStatus: response.status,
      response: answer,
    };
    return judge(response, exchange);
  }
}

type HeadersOfMessage = Omit<WebhookHeaders, 'webhook-signature'> & Partial<WebhookHeaders>;

const FIXED_HEADERS = { 'content-type': CLOUD_EVENT_TYPE, 'user-agent': 'Quayside-Webhooks/1' } as const;

/** As it is kept: who sees the log could send a signed message once more. */
function requestOf({ id, address }: DueDelivery, headers?: HeadersOfMessage): Exchange['request'] {
  const { 'webhook-signature': signature, ...open } = headers ?? { 'webhook-id': id };
  const shown = signature === undefined ? {} : { 'webhook-signature': '[signed]' };
  return { method: 'POST', url: address, headers: { ...FIXED_HEADERS, ...open, ...shown } };
}

function judge({ status, headers }: Response, exchange: Exchange): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', ...exchange };
  const retryAfterMs = retryAfterOf(headers.get('retry-after'));
  return {
    ...{ kind: 'failed', reason: 'http_status', detail: `The receiver answered ${String(status)}.` },
    ...{ isRetryable: status !== GONE, isGone: status === GONE, blames: 'target' },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...exchange,
  };
}

/** Seconds; the other spelling, a date, is as rare as clocks that agree. */
function retryAfterOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isInteger(seconds) && seconds > 0 ? seconds * MS_PER_S : undefined;
}

type Fault = Pick<Extract<Outcome, { kind: 'failed' }>, 'reason' | 'detail' | 'isRetryable' | 'blames'>;

function faultOf(error: unknown): Fault {
  if (error instanceof EgressRefusedError)
    return { reason: 'egress_refused', detail: error.message, isRetryable: false, blames: 'target' };
  if (error instanceof OutboundFailure) {
    const reason = error.layer === 'timeout' ? 'timeout' : 'unreachable';
    return { reason, detail: error.message, isRetryable: true, blames: 'target' };
  }
  if (error instanceof Error && error.name === 'TimeoutError')
    return { reason: 'timeout', detail: OVERDUE, isRetryable: true, blames: 'target' };
  if (error instanceof DomainError || isDatabaseUnavailable(error))
    return { reason: 'secret_unreadable', detail: UNSIGNED, isRetryable: true, blames: 'us' };
  return {
    reason: 'internal_error',
    detail: 'The message could not be sent.',
    isRetryable: true,
    blames: 'us',
  };
}

const OVERDUE = `The receiver did not answer within ${String(TIMEOUT_MS / MS_PER_S)} s.`;
const UNSIGNED = 'The secret that signs the message cannot be read.';
