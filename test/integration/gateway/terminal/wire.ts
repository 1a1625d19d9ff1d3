import { type JsonObject } from '@app/kernel';

const NEWER = '2026-07-28';

/** An HTTP answer, read to its end or to the message that a test waits for. */
export class Wire {
  constructor(
    private readonly url: string,
    private readonly caller = 'ada',
  ) {}

  as(caller: string): Wire {
    return new Wire(this.url, caller);
  }

  at(url: string): Wire {
    return new Wire(url, this.caller);
  }

  post(message: object, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      headers: {
        ...{ 'content-type': 'application/json', authorization: this.caller },
        ...{ accept: 'application/json, text/event-stream', ...headers },
      },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url, {
      headers: { accept: 'text/event-stream', authorization: this.caller, ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  delete(headers: Record<string, string>): Promise<Response> {
    return fetch(this.url, { method: 'DELETE', headers: { authorization: this.caller, ...headers } });
  }

  /** The session id that goes with the later requests. */
  async initialize(
    capabilities: object = {},
    protocolVersion = '2025-11-25',
  ): Promise<Record<string, string>> {
    const clientInfo = { name: 'wire', version: '1' };
    const params = { protocolVersion, capabilities, clientInfo };
    const answer = await this.post({ id: 0, method: 'initialize', params });
    await answer.text();
    return {
      'mcp-session-id': answer.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': protocolVersion,
    };
  }

  /** A request of the newer era, with everything that it must hold. */
  newer(
    message: { id: number | string; method: string; params?: Record<string, unknown> },
    { capabilities = {}, headers = {}, meta = {} }: NewerOptions = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const { params = {}, method } = message;
    const name = params.name ?? params.uri;
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': NEWER,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      ...meta,
    };
    const named = typeof name === 'string' ? { 'mcp-name': name } : undefined;
    return this.post(
      { ...message, params: { ...params, _meta } },
      { 'mcp-protocol-version': NEWER, 'mcp-method': method, ...named, ...headers },
      signal,
    );
  }
}

export interface NewerOptions {
  readonly capabilities?: object;
  readonly headers?: Record<string, string>;
  readonly meta?: object;
}

export interface SseMessage {
  readonly id: string | undefined;
  readonly retry: string | undefined;
  /** undefined where there is no data. */
  readonly data: JsonObject | undefined;
}

/** The events of a stream, one at a time. */
export class Events {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();
  private rest = '';

  constructor(response: Response) {
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    if (response.body === null) throw new Error('There is no body.');
    this.reader = response.body.getReader();
  }

  /** undefined at the end. */
  async next(): Promise<SseMessage | undefined> {
    for (;;) {
      const end = this.rest.indexOf('\n\n');
      if (end !== -1) {
        const event = this.rest.slice(0, end);
        this.rest = this.rest.slice(end + 2);
        if (event.startsWith(':')) continue;
        return parsed(event);
      }
      const { done, value } = await this.reader.read();
      if (done) return undefined;
      this.rest += this.decoder.decode(value, { stream: true });
    }
  }

  async all(): Promise<SseMessage[]> {
    const events: SseMessage[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) events.push(event);
    return events;
  }

  async messages(): Promise<(JsonObject | undefined)[]> {
    return (await this.all()).map(({ data }) => data);
  }

  /** As a client that goes away. */
  async drop(): Promise<void> {
    await this.reader.cancel();
  }
}

function parsed(event: string): SseMessage {
  const field = (name: string): string | undefined =>
    event
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return {
    id: field('id'),
    retry: field('retry'),
    data: data === undefined || data === '' ? undefined : (JSON.parse(data) as JsonObject),
  };
}
