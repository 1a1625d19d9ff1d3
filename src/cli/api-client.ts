import { type ClientOptions, QuaysideClient } from '@app/client';

/** Somebody waits at a prompt: what does not answer twice in a row is told about. */
const TRIES = 3;
const ENDLESS = Number.POSITIVE_INFINITY;

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly ifMatch?: string;
}

/** The few ways in which the command line asks the API, all of them through the client that everybody may use. */
export class ApiClient {
  private readonly client: QuaysideClient;

  constructor(
    readonly url: string,
    key: string,
    /** Told of each request, without the key. */
    onRequest: NonNullable<ClientOptions['onRequest']> = () => undefined,
  ) {
    this.client = new QuaysideClient({ url, token: key, onRequest, retries: { tries: TRIES } });
  }

  /** The parsed answer; a ProblemError for any status >= 400. */
  async call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    const { timeoutMs, ifMatch } = options;
    const response = await this.client.send({
      ...{ method, path },
      ...(body === undefined ? {} : { body }),
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    return parsed(await response.text()) as T;
  }

  /** The version of a resource, for a change that must not meet another one. */
  async etag(path: string): Promise<string> {
    const response = await this.client.send({ method: 'GET', path });
    await response.body?.cancel();
    return response.headers.get('etag') ?? '*';
  }

  /** As it comes: logs, exports. */
  async text(path: string): Promise<string> {
    const response = await this.client.send({ method: 'GET', path, headers: { accept: '*/*' } });
    return response.text();
  }

  /** The body as it comes, for answers of any length. */
  async download(path: string): Promise<ReadableStream<Uint8Array>> {
    const ask = { method: 'GET', path, headers: { accept: '*/*' }, timeoutMs: ENDLESS };
    const { body } = await this.client.send(ask);
    return body ?? new Blob([]).stream();
  }

  /** Server-sent events, until either side ends it. */
  async *events(method: string, path: string): AsyncGenerator<ServerEvent> {
    const ask = { method, path, headers: { accept: 'text/event-stream' }, timeoutMs: ENDLESS };
    const { body } = await this.client.send(ask);
    if (body === null) return;
    let pending = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (pending + part).split(/\r?\n\r?\n/);
      pending = blocks.pop() ?? '';
      for (const block of blocks) yield* eventOf(block);
    }
  }
}

function* eventOf(block: string): Generator<ServerEvent> {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
  }
  if (data.length > 0) yield { event, data: data.join('\n') };
}

/** Something between us and the API may answer with a page. */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
