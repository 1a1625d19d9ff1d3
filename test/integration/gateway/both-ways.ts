import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { BOOTSTRAP_KEY } from './world';

export const CALL = '/api/v1/mcp/tools/call';
/** Sent with each request, so that answers can be compared as they are. */
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const REQUEST_ID = 'the-same-request';

export interface Asked {
  readonly body?: object | string | Buffer;
  readonly path?: string;
  /** undefined: without a credential. */
  readonly key?: string | undefined;
  /** A header of undefined is not sent. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** With a length, as most programs send it, or in chunks, which only Node's own server reads. */
export type Way = 'plain' | 'chunked';

/** One connection to the gateway, over which requests are sent one way. */
export class OneConnection {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly base: string,
    private readonly way: Way,
  ) {}

  ask(asked: Asked, signal?: AbortSignal): Promise<Said> {
    const { body = '', path = CALL, headers = {} } = asked;
    const key = 'key' in asked ? asked.key : BOOTSTRAP_KEY;
    const bytes =
      body instanceof Buffer ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const all: Record<string, string | number | undefined> = {
      ...{ 'content-type': 'application/json', 'x-request-id': REQUEST_ID },
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(this.way === 'plain' ? { 'content-length': bytes.length } : { 'transfer-encoding': 'chunked' }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise<Said>((resolve, reject) => {
      const options = { method: 'POST', agent: this.agent, headers: sent as Record<string, string> };
      const asking = request(this.base + path, signal === undefined ? options : { ...options, signal });
      asking.on('error', reject);
      asking.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          const parsed = text === '' ? {} : (JSON.parse(text) as Said['body']);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
        });
      });
      asking.end(bytes);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What must be the same, whoever answers: times and what is left of a limit are not. */
export function essenceOf({ status, headers, body }: Said): object {
  const { date: _date, ratelimit, 'content-length': length, ...others } = headers;
  const { duration_ms: duration, ...members } = body;
  return {
    status,
    headers: {
      ...others,
      ratelimit: ratelimit === undefined ? 'none' : String(ratelimit).replace(/r=\d+;t=\d+/, 'r;t'),
      length: length === undefined ? 'none' : 'told',
    },
    body: { ...members, duration: typeof duration },
    order: Object.keys(body),
  };
}
