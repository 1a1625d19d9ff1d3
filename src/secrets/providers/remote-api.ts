import { CircuitBreaker, CircuitOpenError, TimeoutError, withTimeout } from '@app/resilience';
import { type GuardedFetch, OutboundFailure, trustedFetch } from '@app/security';
import { ProviderFault } from '../domain/provider-fault';
import { type RemoteSetting } from './provider-setting';

export interface RemoteAnswer {
  readonly status: number;
  readonly body: unknown;
}
export interface RemoteRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const REQUEST_LIMIT_MS = 5_000;
/** A folder of secrets is small; what is larger is something else. */
const MAX_BODY_BYTES = 4 * 1_024 * 1_024;
const CONNECTIONS = 8;
/** Short, so that a start that waits for it is not far behind the provider's return. */
const OPEN_FOR_MS = 5_000;
const MAX_OPEN_FOR_MS = 30_000;
const FAILURES = 5;

/** JSON over HTTP to a provider of secrets: one attempt, a time limit, and a breaker for outages. */
export class RemoteApi {
  private readonly fetch: GuardedFetch;
  private readonly breaker: CircuitBreaker;

  constructor(
    private readonly name: string,
    private readonly setting: RemoteSetting,
  ) {
    this.fetch = trustedFetch({
      headersTimeoutMs: REQUEST_LIMIT_MS,
      idleTimeoutMs: REQUEST_LIMIT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      connectionsPerHost: CONNECTIONS,
      ...(setting.ca === undefined ? {} : { ca: setting.ca }),
    });
    this.breaker = new CircuitBreaker({
      name,
      failures: FAILURES,
      openForMs: OPEN_FOR_MS,
      maxOpenForMs: MAX_OPEN_FOR_MS,
      isFailure: (error) => error instanceof ProviderFault && error.isOutage,
    });
  }

  /** Answers below 500 are answers, 429 apart; everything else is an outage. */
  async ask(request: RemoteRequest): Promise<RemoteAnswer> {
    try {
      return await this.breaker.run(() => this.exchange(request));
    } catch (error) {
      if (error instanceof CircuitOpenError)
        throw new ProviderFault('it has not answered for a while', true, { cause: error });
      throw error;
    }
  }

  /** Past the breaker: for a look at its health. */
  async look(request: RemoteRequest): Promise<RemoteAnswer> {
    return this.send(request);
  }

  close(): Promise<void> {
    return this.fetch.close();
  }

  private async exchange(request: RemoteRequest): Promise<RemoteAnswer> {
    const answer = await this.send(request);
    if (answer.status === 429) throw new ProviderFault('it refuses more requests for now', true);
    if (answer.status === 503 && saysSealed(answer.body)) throw new ProviderFault('it is sealed', true);
    if (answer.status >= 500) throw new ProviderFault(`it answers with status ${answer.status}`, true);
    if (answer.status >= 300 && answer.status < 400)
      throw new ProviderFault('it sends us elsewhere, which is not followed', false);
    return answer;
  }

  private async send({ method, path, headers, body }: RemoteRequest): Promise<RemoteAnswer> {
    try {
      return await withTimeout(
        REQUEST_LIMIT_MS,
        async (signal) => {
          const response = await this.fetch(`${this.setting.origin}${path}`, {
            method,
            signal,
            headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
          return { status: response.status, body: parse(await response.text()) };
        },
        { what: this.name },
      );
    } catch (error) {
      if (error instanceof ProviderFault) throw error;
      throw new ProviderFault(wordsOf(error), true, { cause: error });
    }
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProviderFault('its answer is no JSON', true, { cause: error });
  }
}

const wordsOf = (error: unknown): string => {
  const layer = error instanceof OutboundFailure ? error.layer : undefined;
  if (layer === 'tls') return 'its certificate is not trusted';
  return layer === 'timeout' || error instanceof TimeoutError
    ? 'it does not answer in time'
    : 'it cannot be reached';
};

const saysSealed = (body: unknown): boolean => /sealed/i.test(JSON.stringify(body ?? ''));

/** The member of a JSON object, or undefined for whatever is none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
