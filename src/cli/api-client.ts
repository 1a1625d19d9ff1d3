import { randomUUID } from 'node:crypto';

const CALL_LIMIT_MS = 75_000;

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** The few ways in which the command line asks the API. Its only address is the installation's own. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly key: string,
    /** Told of each request, without the key. */
    private readonly onRequest: (method: string, path: string) => void = () => undefined,
  ) {}

  /** The parsed answer; an Error with the problem's words for any status >= 400. */
  async call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    const { timeoutMs = CALL_LIMIT_MS, ifMatch } = options;
    const signal = AbortSignal.timeout(timeoutMs);
    const condition = ifMatch === undefined ? {} : { ifMatch };
    const response = await this.send(method, path, {
      body,
      signal,
      accept: 'application/json',
      ...condition,
    });
    const text = await response.text();
    const answer = parsed(text);
    if (response.status >= 400) throw new ApiProblem(response.status, answer as Problem | undefined);
    return answer as T;
  }

  /** The version of a resource, for a change that must not meet another one. */
  async etag(path: string): Promise<string> {
    const signal = AbortSignal.timeout(CALL_LIMIT_MS);
    const response = await this.send('GET', path, { signal, accept: 'application/json' });
    if (!response.ok) throw await problemOf(response);
    await response.body?.cancel();
    return response.headers.get('etag') ?? '*';
  }

  /** As it comes: logs, exports. */
  async text(path: string): Promise<string> {
    const signal = AbortSignal.timeout(CALL_LIMIT_MS);
    const response = await this.send('GET', path, { signal, accept: '*/*' });
    if (!response.ok) throw await problemOf(response);
    return response.text();
  }

  /** The body as it comes, for answers of any length. */
  async download(path: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.send('GET', path, { accept: '*/*' });
    if (response.ok && response.body !== null) return response.body;
    throw await problemOf(response);
  }

  /** Server-sent events, until either side ends it. */
  async *events(method: string, path: string): AsyncGenerator<ServerEvent> {
    const response = await this.send(method, path, { accept: 'text/event-stream' });
    if (!response.ok || response.body === null) throw await problemOf(response);
    let pending = '';
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (pending + part).split(/\r?\n\r?\n/);
      pending = blocks.pop() ?? '';
      for (const block of blocks) yield* eventOf(block);
    }
  }

  private async send(method: string, path: string, request: Request): Promise<Response> {
    const { body, signal, accept, ifMatch } = request;
    this.onRequest(method, path);
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: {
          accept,
          authorization: `Bearer ${this.key}`,
          // A request that is sent again by whoever stands between must not be carried out twice.
          ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted === true) throw new AnswerTimeoutError(this.url);
      throw new UnreachableError(this.url, error);
    }
  }
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly ifMatch?: string;
}

interface Request {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
  readonly accept: string;
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

const problemOf = async (response: Response): Promise<ApiProblem> =>
  new ApiProblem(response.status, parsed(await response.text()) as Problem | undefined);

export interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly trace_id?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

export class ApiProblem extends Error {
  readonly code: string | undefined;
  readonly problem: Problem;

  constructor(
    readonly status: number,
    problem: Problem | undefined,
  ) {
    super(
      [problem?.detail ?? problem?.title ?? `HTTP ${String(status)}`, problem?.hint]
        .filter(Boolean)
        .join(' '),
    );
    this.problem = problem ?? {};
    this.code = problem?.code;
  }
}

export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  constructor(url: string, cause: unknown) {
    super(`Nothing answers at ${url}. "quayside status" says what runs here, "quayside up" starts it.`, {
      cause,
    });
  }
}

export class AnswerTimeoutError extends Error {
  override readonly name = 'AnswerTimeoutError';
  constructor(url: string) {
    super(`${url} did not answer in time.`);
  }
}
