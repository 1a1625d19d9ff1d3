import { BASE } from '~/security';
import { type Problem, toProblem } from './problem';

const SEPARATOR = /\r?\n\r?\n/;

export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

export interface StreamInit {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** It was not refused: from here on events may come, or nothing for a long time. */
  readonly onOpen?: () => void;
  /** Anything came, and be it only what keeps the connection open. */
  readonly onSign?: () => void;
}

/** An address of the API for what is not JSON: downloads, logs, streams. */
export const addressOf = (path: string): string => `${BASE}${path}`;

/** Text of the API, e.g. logs. Refusals are thrown as problems. */
export async function fetchText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(addressOf(path), {
    credentials: 'same-origin',
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw await problemOf(response);
  return response.text();
}

/**
 * Server-sent events until the server ends them or `signal` aborts. Not EventSource: it cannot post, and it hides why it was
 * refused.
 */
export async function* streamEvents(path: string, init: StreamInit): AsyncGenerator<StreamEvent> {
  const response = await fetch(addressOf(path), {
    method: init.method ?? 'GET',
    credentials: 'same-origin',
    signal: init.signal,
    headers: {
      accept: 'text/event-stream',
      ...(init.method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  if (!response.ok || response.body === null) throw await problemOf(response);
  init.onOpen?.();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    init.onSign?.();
    const parts = (pending + value).split(SEPARATOR);
    pending = parts.pop() ?? '';
    for (const part of parts) yield* eventOf(part);
  }
}

function* eventOf(text: string): Generator<StreamEvent> {
  const fields: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    fields[name] = name === 'data' && fields['data'] !== undefined ? `${fields['data']}\n${value}` : value;
  }
  const { id, event = 'message', data } = fields;
  if (data !== undefined) yield { event, data, ...(id === undefined ? {} : { id }) };
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return toProblem(await response.json());
  } catch {
    return {
      title: `The server answered ${response.status}`,
      code: 'unreadable_answer',
      status: response.status,
    };
  }
}
