import { setTimeout as delay } from 'node:timers/promises';
import { addressOf, contentOf } from './address';
import { ProblemError, QuaysideError } from './errors';
import { type EventOptions, follow, type QuaysideEvent } from './events';
import { type ClientOptions, type Sending, Transport } from './transport';
import { type Answer, type Answered, type ApiPath, type Body, type Init, type MethodOf } from './types';

const PAGE = 200;
/** More rows than an installation is made for; a cursor that never ends is a fault. */
const PAGES_MAX = 1_000;
const OPERATION_POLL_MS = 1_000;

type Created = Answer<'/api/v1/mcp/instances', 'post'>;
type CreateInstance = Body<'/api/v1/mcp/instances', 'post'>;
type Operation = Answer<'/api/v1/operations/{id}', 'get'>;

/** What came of the wish for an instance: a refusal is an answer and no error. */
export type InstanceOutcome =
  | {
      readonly success: true;
      readonly config_id: string;
      readonly message: string;
      readonly instance: Created;
    }
  | { readonly success: false; readonly message: string; readonly problem: ProblemError };

/** As any operation may have it: which one is asked for, only its caller knows. */
interface AnyInit {
  readonly path?: object;
  readonly query?: object;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Every operation of an installation by its path, with the types of `openapi.json`; and its events. */
export class QuaysideClient {
  private readonly transport: Transport;

  constructor(options: ClientOptions) {
    this.transport = new Transport(options);
  }

  get url(): string {
    return this.transport.url;
  }

  /** Any request, repeated where that is safe; the answer as it came. For what the types do not cover: streams, paths at run time. */
  send(sending: Sending): Promise<Response> {
    return this.transport.send(sending);
  }

  /** One operation. Throws a ProblemError for every answer that is not a success. */
  async request<P extends ApiPath, M extends MethodOf<P>>(
    method: M,
    path: P,
    init: Init<P, M> = {},
  ): Promise<Answered<Answer<P, M>>> {
    const { path: values, query, body, ifMatch, timeoutMs, signal } = init as AnyInit;
    const response = await this.transport.send({
      method: method.toUpperCase(),
      path: addressOf(path, values, query),
      ...(body === undefined ? {} : { body }),
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { status, headers } = response;
    return {
      ...{ body: (await contentOf(response)) as Answer<P, M>, status },
      ...{ etag: headers.get('etag') ?? undefined, location: headers.get('location') ?? undefined },
    };
  }

  /** Every item of a list, page after page; `member` is the name of the list in the answer. */
  async *list<Item = Readonly<Record<string, unknown>>>(
    path: ApiPath,
    member: string,
    query: Readonly<Record<string, unknown>> = {},
  ): AsyncGenerator<Item> {
    let cursor: unknown;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const asked = { limit: PAGE, ...query, ...(cursor === undefined ? {} : { cursor }) };
      const response = await this.transport.send({ method: 'GET', path: addressOf(path, undefined, asked) });
      const answer = (await response.json()) as Record<string, unknown>;
      yield* (answer[member] ?? []) as Item[];
      cursor = answer['next_cursor'] ?? undefined;
      if (cursor === undefined) return;
    }
    throw new QuaysideError(`${path} did not end after ${String(PAGES_MAX)} pages.`);
  }

  /** Asks for an instance; what was refused is told and not thrown. */
  async createInstance(body: CreateInstance): Promise<InstanceOutcome> {
    try {
      const { body: instance } = await this.request('post', '/api/v1/mcp/instances', { body });
      const said = instance as { id: string; message?: string; config_id?: string };
      const { id, message = 'Accepted.', config_id: config = id } = said;
      return { success: true, config_id: config, message, instance };
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status >= 500) throw error;
      return { success: false, message: error.message, problem: error };
    }
  }

  /** Waits until an operation has ended, whichever way. */
  async operation(id: string, signal?: AbortSignal): Promise<Operation> {
    for (;;) {
      const { body } = await this.request('get', '/api/v1/operations/{id}', {
        path: { id },
        ...(signal === undefined ? {} : { signal }),
      });
      if (!['pending', 'running'].includes((body as { status: string }).status)) return body;
      await delay(OPERATION_POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  /** What happens, as it happens, without a hole: a lost connection goes on where it ended. */
  events(options: EventOptions = {}): AsyncGenerator<QuaysideEvent> {
    return follow(this.transport, options);
  }
}
