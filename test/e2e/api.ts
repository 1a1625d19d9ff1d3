import { randomUUID } from 'node:crypto';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A request may hang on a broken server; a test must not. */
const REQUEST_LIMIT_MS = 90_000;

/** Talks to an installation as a user's script would. Never throws for a status; throws when nobody answers. */
export class Api {
  constructor(
    private readonly addressOf: (path: string) => string,
    readonly key: string,
  ) {}

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.addressOf(path)}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
    };
  }

  /** The body of a successful answer; an Error with status and problem otherwise. */
  async ok<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> {
    const answer = await this.request<T>(method, path, body, headers);
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** What a tool says, as text. */
  async call(server: string, tool: string, args: object = {}): Promise<string> {
    const body = { server_name: server, tool_name: tool, arguments: args };
    const { content } = await this.ok<{ content: readonly { text?: string }[] }>(
      'POST',
      '/api/v1/mcp/tools/call',
      body,
    );
    return content.map(({ text }) => text ?? '').join('\n');
  }
}

export interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly generation: number;
  readonly desired_state: string;
  readonly attempt: number;
  readonly next_attempt_at: string | null;
  readonly json_spec: Record<string, unknown>;
  readonly container?: { readonly id: string; readonly image: string; readonly engine: string };
  readonly containers?: readonly { readonly id: string }[];
  readonly last_error?: {
    readonly message: string;
    readonly exit_code: number | null;
    readonly oom_killed: boolean;
    readonly output: readonly string[];
  } | null;
  readonly secret_delivery?: string;
  readonly secret_delivery_reason?: string;
  readonly endpoint: string;
}

/** Unique within a test run, and still readable in a failure. */
export const uniqueName = (stem: string): string => `${stem}-${randomUUID().slice(0, 8)}`;
