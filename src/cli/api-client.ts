/** The few calls the command line makes. Its only address is the installation's own. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  /** The parsed answer; an Error with the problem's words for any status >= 400. */
  async call<T>(method: string, path: string, body?: unknown, timeoutMs = 75_000): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : (JSON.parse(text) as unknown);
    if (response.status >= 400) throw new ApiProblem(response.status, answer as Problem | undefined);
    return answer as T;
  }

  /** The body as it comes, for answers of any length. */
  async download(path: string): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.key}` } });
    if (response.ok && response.body !== null) return response.body;
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    throw new ApiProblem(response.status, problem);
  }
}

interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
}

export class ApiProblem extends Error {
  readonly code: string | undefined;

  constructor(
    readonly status: number,
    problem: Problem | undefined,
  ) {
    super(
      [problem?.detail ?? problem?.title ?? `HTTP ${String(status)}`, problem?.hint]
        .filter(Boolean)
        .join(' '),
    );
    this.code = problem?.code;
  }
}
