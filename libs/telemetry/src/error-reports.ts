import { randomUUID } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** A line of the log that tells of an error, with everything secret taken out already. */
export interface ErrorLine {
  readonly message: string;
  readonly role: string;
  readonly members: Readonly<Record<string, unknown>>;
}

export interface ErrorReportsOptions {
  /** `https://<public key>@host/<project>`: Sentry, or whatever speaks as it does. */
  readonly dsn: string;
  readonly release: string;
  readonly environment: string;
}

export class InvalidDsnError extends Error {
  override readonly name = 'InvalidDsnError';
  constructor() {
    super('SENTRY_DSN must be http(s)://<public key>@host/<project>.');
  }
}

/** An error that comes a thousand times a second says nothing new the second time. */
const PER_MINUTE_MAX = 30;
const MINUTE_MS = 60_000;
const ANSWER_LIMIT_MS = 5_000;
const FRAMES_MAX = 50;
const FRAME = /^\s+at (?:(.+?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/;

/** Tells of unexpected errors as Sentry envelopes. Never fails, never waits, and is still when nobody answers. */
export class ErrorReports {
  private readonly endpoint: URL;
  private readonly auth: string;
  private minuteBeganMs = 0;
  private sentInMinute = 0;
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly options: ErrorReportsOptions) {
    const dsn = parsed(options.dsn);
    const project = dsn.pathname.replace(/^\/|\/$/g, '');
    if (!/^https?:$/.test(dsn.protocol) || dsn.username === '' || project === '') throw new InvalidDsnError();
    const at = project.lastIndexOf('/') + 1;
    this.endpoint = new URL(`/${project.slice(0, at)}api/${project.slice(at)}/envelope/`, dsn.origin);
    this.auth = `Sentry sentry_version=7, sentry_client=quayside/${options.release}, sentry_key=${dsn.username}`;
  }

  tell(line: ErrorLine): void {
    if (!this.mayTell(performance.now())) return;
    const sending = this.send(this.envelopeOf(line)).catch(() => undefined);
    this.underWay.add(sending);
    void sending.finally(() => this.underWay.delete(sending));
  }

  /** What is under way has arrived, or was given up. */
  async settle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private mayTell(nowMs: number): boolean {
    if (nowMs - this.minuteBeganMs > MINUTE_MS || this.sentInMinute === 0) {
      this.minuteBeganMs = nowMs;
      this.sentInMinute = 0;
    }
    this.sentInMinute += 1;
    return this.sentInMinute <= PER_MINUTE_MAX;
  }

  private envelopeOf({ message, role, members }: ErrorLine): string {
    const { err, context, trace_id: trace, request_id: request } = members;
    const id = randomUUID().replaceAll('-', '');
    const event = {
      ...{ event_id: id, timestamp: Date.now() / 1_000, platform: 'node', level: 'error', message },
      ...{ release: this.options.release, environment: this.options.environment },
      ...{ logger: context, tags: { role, request_id: request, trace_id: trace } },
      ...(err === undefined ? {} : { exception: { values: [exceptionOf(err, message)] } }),
    };
    const body = JSON.stringify(event);
    const head = JSON.stringify({ event_id: id, sent_at: new Date().toISOString() });
    return `${head}\n${JSON.stringify({ type: 'event', length: Buffer.byteLength(body) })}\n${body}\n`;
  }

  private send(envelope: string): Promise<void> {
    const request = this.endpoint.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sending = request(this.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-sentry-envelope', 'x-sentry-auth': this.auth },
        timeout: ANSWER_LIMIT_MS,
      });
      sending.once('response', (response) => {
        response.resume().once('close', resolve);
      });
      sending.once('timeout', () => sending.destroy(new Error('no answer in time')));
      sending.once('error', reject);
      sending.end(envelope);
    });
  }
}

function parsed(dsn: string): URL {
  try {
    return new URL(dsn);
  } catch {
    throw new InvalidDsnError();
  }
}

/** `err` of a line, as the log writes it. */
function exceptionOf(err: unknown, message: string): object {
  const {
    code,
    message: own,
    stack,
  } = (typeof err === 'object' && err !== null ? err : {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly stack?: unknown;
  };
  const text = typeof stack === 'string' ? stack : '';
  const type = /^(\w+)[:\n]/.exec(text)?.[1] ?? (typeof code === 'string' ? code : 'Error');
  return { type, value: typeof own === 'string' ? own : message, stacktrace: { frames: framesOf(text) } };
}

/** The oldest call first, as the protocol wants it. */
const framesOf = (stack: string): readonly object[] =>
  stack
    .split('\n')
    .flatMap((line) => {
      const match = FRAME.exec(line);
      if (match === null) return [];
      const [, name = '<anonymous>', filename = '', lineno, colno] = match;
      const own = !filename.includes('node_modules') && !filename.startsWith('node:');
      return [{ function: name, filename, lineno: Number(lineno), colno: Number(colno), in_app: own }];
    })
    .slice(0, FRAMES_MAX)
    .reverse();
