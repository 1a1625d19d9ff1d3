import { type JsonObject, type JsonValue } from '@app/kernel';
import { EgressRefusedError, type FetchLike, OutboundFailure } from '@app/security';

const TIMEOUT_MS = 5_000;

/** The answer of a health endpoint: a reason why it is none, or what it says of itself. */
export type Probed = { readonly error: string } | { readonly error: null; readonly load?: number };

/** Asks once. A good answer is any of 200 to 299; one in JSON may tell the load as a heartbeat would. */
export async function probe(fetch: FetchLike, url: string): Promise<Probed> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    if (!answer.ok) return { error: `It answered ${String(answer.status)}.` };
    const load = loadIn(text);
    return { error: null, ...(load === undefined ? {} : { load }) };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/** What is said wrongly is not said: the answer is a sign of life all the same. */
export function loadIn(text: string): number | undefined {
  try {
    const body = JSON.parse(text) as JsonValue;
    const load = typeof body === 'object' && body !== null ? (body as JsonObject)['current_load'] : undefined;
    return typeof load === 'number' && load >= 0 && load <= 1 ? load : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof EgressRefusedError || error instanceof OutboundFailure) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return 'It did not answer in time.';
  return 'It could not be asked.';
}
