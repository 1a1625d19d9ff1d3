import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EgressPolicy, guardedFetch, signWebhook } from '@app/security';
import { AgentSigning } from '../../agents';
import { MAX_DOCUMENT_BYTES } from '../domain/task';
import { type PushVerdict, verdictOf, verdictOfFailure } from './push-verdict';

/** An agent that needs longer than this for its answer says 202 and calls back. */
export const ANSWER_WITHIN_MS = 60_000;
const FETCH_OPTIONS = {
  maxRedirects: 0,
  connectTimeoutMs: 5_000,
  headersTimeoutMs: ANSWER_WITHIN_MS,
  idleTimeoutMs: 10_000,
  maxBodyBytes: MAX_DOCUMENT_BYTES,
  connectionsPerHost: 64,
} as const;

export interface PushMessage {
  readonly agentId: string;
  readonly url: string;
  /** The same for every try: an agent drops what it has seen. */
  readonly id: string;
  readonly content: object;
  readonly traceparent?: string | null;
}

/** Sends to agents, signed with the secret of each. Never throws: what came of it is the answer. */
@Injectable()
export class PushClient implements OnApplicationShutdown {
  private readonly fetch;

  constructor(
    policy: EgressPolicy,
    private readonly signing: AgentSigning,
  ) {
    this.fetch = guardedFetch(policy, FETCH_OPTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.fetch.close();
  }

  async send({ agentId, url, id, content, traceparent }: PushMessage): Promise<PushVerdict> {
    const body = JSON.stringify(content);
    const signature = signWebhook({
      ...{ id, body, timestampS: Date.now() / 1_000 },
      secrets: [this.signing.secretOf(agentId)],
    });
    try {
      const answer = await this.fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...signature,
          ...(traceparent ? { traceparent } : {}),
        },
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const text = await answer.text();
      const retryAfter = answer.headers.get('retry-after');
      return verdictOf({ status: answer.status, retryAfter, body: text }, Date.now());
    } catch (error) {
      return verdictOfFailure(error);
    }
  }
}
