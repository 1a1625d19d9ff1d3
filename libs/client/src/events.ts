import { setTimeout as delay } from 'node:timers/promises';
import {
  ConnectionError,
  NotAllowedError,
  ProblemError,
  QuaysideError,
  TimeoutError,
  UnavailableError,
} from './errors';
import { type Transport } from './transport';

/** CloudEvents 1.0; what `data` holds for each type is at `/docs/events`. */
export interface QuaysideEvent {
  readonly id: string;
  /** Name and version, such as `mcp.instance.running.v1`. */
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  /** Number in the log, as text; calls of tools have none. */
  readonly sequence?: string;
  readonly actor: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What cannot be told any more: read the state anew. */
export class EventGapError extends QuaysideError {
  constructor(
    readonly from: number,
    readonly to: number,
  ) {
    super(`Events ${String(from)} to ${String(to)} cannot be told any more.`);
  }
}

export interface EventOptions {
  /** Begins after the event with this number; without it, with what happens from now on. */
  readonly since?: number;
  readonly topics?: readonly string[];
  /** Names of events, without their version. */
  readonly events?: readonly string[];
  readonly instance?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told of a gap instead of an EventGapError being thrown. */
  readonly onGap?: (from: number, to: number) => void;
}

const RECONNECT_BASE_MS = 250;
const RECONNECT_MAX_MS = 15_000;
/** The server says something at least this often. */
const SILENCE_MAX_MS = 65_000;
const ENDS_FOR_GOOD = new Set([4400, 4401, 4403]);

interface Position {
  last: number | undefined;
  failures: number;
}

/** Events in their order, each once: a connection that is lost is made again, and goes on behind the last event. */
export async function* follow(transport: Transport, options: EventOptions): AsyncGenerator<QuaysideEvent> {
  const position: Position = { last: options.since, failures: 0 };
  const isOver = (): boolean => options.signal?.aborted === true;
  while (!isOver()) {
    try {
      yield* connection(transport, options, position);
    } catch (error) {
      if (isOver()) return;
      if (!isPassing(error)) throw error;
      position.failures += 1;
    }
    await pause(position.failures, options.signal);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionError ||
  error instanceof TimeoutError ||
  error instanceof UnavailableError ||
  (error instanceof ProblemError && error.status === 429);

async function pause(failures: number, signal: AbortSignal | undefined): Promise<void> {
  const waitMs = Math.random() * Math.min(RECONNECT_MAX_MS, RECONNECT_BASE_MS * 2 ** failures);
  await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

async function* connection(
  transport: Transport,
  options: EventOptions,
  position: Position,
): AsyncGenerator<QuaysideEvent> {
  const silence = new AbortController();
  const signals = [silence.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const response = await transport.once({
    method: 'GET',
    path: `/api/v1/events?${queryOf(options)}`,
    headers: {
      accept: 'text/event-stream',
      ...(position.last === undefined ? {} : { 'last-event-id': String(position.last) }),
    },
    signal: AbortSignal.any(signals),
    timeoutMs: Infinity,
  });
  for await (const said of messagesOf(response, silence)) {
    const event = eventOf(said, options, position);
    if (event === undefined) continue;
    position.failures = 0;
    yield event;
  }
}

function queryOf({ topics, events, instance }: EventOptions): string {
  const query = new URLSearchParams({ format: 'cloudevents' });
  if (topics !== undefined) query.set('topics', topics.join(','));
  if (events !== undefined) query.set('event', events.join(','));
  if (instance !== undefined) query.set('instance', instance.join(','));
  return query.toString();
}

interface Said {
  readonly event: string;
  readonly data: string;
  readonly id: number | undefined;
}

async function* messagesOf(response: Response, silence: AbortController): AsyncGenerator<Said> {
  let pending = '';
  const timer = setTimeout(() => {
    silence.abort();
  }, SILENCE_MAX_MS);
  try {
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const blocks = (pending + part).split(/\r?\n\r?\n/);
      pending = blocks.pop() ?? '';
      for (const block of blocks) yield* messageIn(block);
    }
  } catch (error) {
    throw error instanceof QuaysideError ? error : new ConnectionError(response.url, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function* messageIn(block: string): Generator<Said> {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ''));
  }
  const data = fields.get('data');
  const id = Number(fields.get('id') ?? Number.NaN);
  if (data !== undefined)
    yield { event: fields.get('event') ?? 'message', data, id: Number.isSafeInteger(id) ? id : undefined };
}

/** What is no event says something about the connection. */
function eventOf(
  { event, data, id }: Said,
  options: EventOptions,
  position: Position,
): QuaysideEvent | undefined {
  const body = JSON.parse(data) as Record<string, unknown>;
  if (id !== undefined) position.last = id;
  if (event === 'gap') tellGap(Number(body['from']), Number(body['to']), options);
  if (event === 'closed' && ENDS_FOR_GOOD.has(Number(body['code'])))
    throw new NotAllowedError(403, { code: 'events_closed', detail: String(body['reason']) }, undefined);
  return body['specversion'] === undefined ? undefined : (body as unknown as QuaysideEvent);
}

function tellGap(from: number, to: number, { onGap }: EventOptions): void {
  if (onGap === undefined) throw new EventGapError(from, to);
  onGap(from, to);
}
