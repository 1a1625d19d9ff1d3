import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Api } from '../../api';
import { type Attempt, type History, type Operation, type Outcome, type Verb } from './history';

/** A script that is not in a hurry; without it the clients would only measure the machine. */
const THINK_MS = 50;
/** Between two tries of one wish, as a well-behaved client waits. */
const RETRY_MS = 250;
/** A fault may last, and a machine may be slow; a client that waits this long has found a hang. */
const PATIENCE_MS = 180_000;
/** Every so many wishes are given up after a failure, so that their traces can be looked for, too. */
const GIVES_UP_EVERY = 4;

export interface LoadOptions {
  readonly api: Api;
  readonly history: History;
  /** What the instances are; the first life of each of the first clients may differ from the rest. */
  readonly specOf: (client: number, life: number) => object;
  readonly clients: number;
}

type Wish = Pick<Operation, 'instance' | 'verb' | 'description'>;

/** Clients that create, change, stop, start and delete instances, each one wish after the other, until they are told to end. */
export class Load {
  #isEnding = false;
  #wishes = 0;
  readonly #ended: Promise<unknown>;

  constructor(private readonly options: LoadOptions) {
    this.#ended = Promise.all(Array.from({ length: options.clients }, (_, client) => this.#client(client)));
    // Heard in `end`; until then nobody may wait for it.
    this.#ended.catch(() => undefined);
  }

  /** Lets each client finish the wish it is at. What exists then stays. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#ended;
  }

  async #client(client: number): Promise<void> {
    for (let life = 0; !this.#isEnding; life += 1) await this.#life(client, life);
  }

  async #life(client: number, life: number): Promise<void> {
    const instance = `c${String(client)}-${String(life)}`;
    const path = `/api/v1/mcp/instances/${instance}`;
    const described = (step: string): string => `${instance} ${step}`;
    const create = {
      name: instance,
      description: described('created'),
      json_spec: this.options.specOf(client, life),
    };
    const update = (step: string) => () =>
      this.#wish({ instance, verb: 'update', description: described(step) }, 'PATCH', path, {
        description: described(step),
      });
    const ask = (verb: Verb) => () => this.#wish({ instance, verb }, 'POST', `${path}/${verb}`);

    const isThere = await this.#wish(
      { instance, verb: 'create', description: create.description },
      'POST',
      '/api/v1/mcp/instances',
      create,
    );
    if (!isThere) return;
    const steps = [update('first'), ask('stop'), update('second'), ask('start'), update('third')];
    // Every other instance stays, so that there is something to come back to after a fault.
    if (life % 2 === 1) steps.push(() => this.#wish({ instance, verb: 'delete' }, 'DELETE', path));
    for (const step of steps) {
      await delay(THINK_MS);
      if (this.#isEnding) return;
      await step();
    }
  }

  /** Asks until it is acknowledged, or gives up. Says whether it was. */
  async #wish(wish: Wish, method: string, path: string, body?: object): Promise<boolean> {
    this.#wishes += 1;
    // Only those that leave the desired state alone: whoever gives up a stop cannot say what a start will do.
    const givesUp = this.#wishes % GIVES_UP_EVERY === 0 && (wish.verb === 'create' || wish.verb === 'update');
    const attempts: Attempt[] = [];
    this.options.history.add({ ...wish, attempts });
    const key = randomUUID();
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const attempt = await this.#attempt(wish, { method, path, body, key, isRepeated: attempts.length > 0 });
      attempts.push(attempt);
      if (attempt.outcome.kind === 'acknowledged') return true;
      if (givesUp || !mayTryAgain(attempt.outcome)) return false;
      if (performance.now() > deadline)
        throw new Error(`${wish.verb} ${wish.instance}: ${JSON.stringify(attempts.slice(-3))}`);
      await delay(RETRY_MS);
    }
  }

  async #attempt(
    { verb }: Wish,
    request: { method: string; path: string; body: object | undefined; key: string; isRepeated: boolean },
  ): Promise<Attempt> {
    const requestId = `chaos-${randomUUID()}`;
    const headers = {
      'x-request-id': requestId,
      ...(request.method === 'POST' ? { 'idempotency-key': request.key } : {}),
    };
    try {
      const answer = await this.options.api.request<unknown>(
        request.method,
        request.path,
        request.body,
        headers,
      );
      return { requestId, outcome: outcomeOf(answer, verb === 'delete' && request.isRepeated) };
    } catch (error) {
      return { requestId, outcome: { kind: 'unanswered', why: String(error) } };
    }
  }
}

/** Another try of a request that is refused for what it is would be refused again. */
const mayTryAgain = (outcome: Outcome): boolean =>
  outcome.kind !== 'refused' || outcome.status === 503 || outcome.code === 'idempotency_in_progress';

function outcomeOf({ status, headers, body }: Answer<unknown>, mayBeGone: boolean): Outcome {
  if (status < 300 || (mayBeGone && status === 404)) return { kind: 'acknowledged', status };
  const { code = '' } = (typeof body === 'object' && body !== null ? body : {}) as { code?: string };
  return {
    kind: 'refused',
    status,
    code,
    isProblem: headers.get('content-type')?.startsWith('application/problem+json') === true,
    retryAfter: headers.get('retry-after'),
  };
}
