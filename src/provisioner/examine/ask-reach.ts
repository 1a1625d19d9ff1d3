import { type ExaminedFacts, type ExamineReply } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { networkError } from '@app/mcp';
import { needsBridge } from '../decide/desired';
import { type ProbeTarget } from '../probe/prober';
import { failed, notAsked, passed, type Subject } from './replies';

const SERVER_FAULT = 500;
/** Some servers keep such a request open without a word. */
const KNOCK_LIMIT_MS = 4_000;
const REFUSES = new Set([401, 403]);

/** One request without a message, to see how far it comes: the name, the way, the port, HTTP. */
export async function askReach(subject: Subject): Promise<ExamineReply> {
  const { spec, target, exposedPorts } = subject;
  const signal = AbortSignal.any([subject.signal, AbortSignal.timeout(KNOCK_LIMIT_MS)]);
  if (needsBridge(spec)) return notAsked('It speaks over its standard streams: there is no port to reach.');
  let last: { readonly error: unknown; readonly facts: ExaminedFacts } | undefined;
  for (const url of target.urls) {
    const facts = factsOf(url, spec.type === 'url' ? undefined : exposedPorts);
    try {
      return judged(await knock(target, url, signal), facts);
    } catch (error) {
      last = { error, facts };
      if (signal.aborted) break;
    }
  }
  return failed(last?.error, signal, wordsOf, last?.facts ?? {});
}

/** Only what the network says comes here, and those words are ours. */
const wordsOf = (error: unknown): string =>
  error instanceof DomainError ? error.message : 'It cannot be reached.';

interface Knocked {
  readonly status: number;
  readonly type: string | null;
}

async function knock(target: ProbeTarget, address: string, signal: AbortSignal): Promise<Knocked> {
  const { fetch, headers, serverName } = target;
  const url = address.replace(/^ws/i, 'http');
  try {
    const accept = 'application/json, text/event-stream';
    const answer = await fetch(url, {
      method: 'GET',
      headers: { ...headers, accept },
      signal,
      redirect: 'manual',
    });
    if (answer.cancel === undefined) await answer.body?.[Symbol.asyncIterator]().return?.();
    else answer.cancel();
    return { status: answer.status, type: answer.headers.get('content-type') };
  } catch (error) {
    if (signal.aborted) throw error;
    throw networkError(error, { serverName });
  }
}

function judged({ status, type }: Knocked, known: ExaminedFacts): ExamineReply {
  const facts: ExaminedFacts = {
    ...known,
    http_status: status,
    ...(type === null ? {} : { content_type: mediaType(type) }),
  };
  if (status >= SERVER_FAULT)
    return {
      ...{ asked: true, ok: false, layer: 'http', facts },
      code: 'upstream_unreachable',
      detail: `It answers HTTP with status ${status}.`,
    };
  const words = REFUSES.has(status) ? 'It answers HTTP and asks for credentials' : 'It answers HTTP';
  return passed(`${words} (status ${status}).`, facts);
}

/** Without parameters, and short: what a stranger sends is not shown at length. */
const mediaType = (text: string): string => (text.split(';')[0] ?? '').trim().slice(0, 80);

function factsOf(address: string, exposedPorts: readonly number[] | undefined): ExaminedFacts {
  const url = new URL(address);
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  return {
    address: `${url.hostname}:${String(port)}`,
    is_secure: isSecure,
    port,
    ...(exposedPorts === undefined ? {} : { exposed_ports: exposedPorts }),
  };
}
