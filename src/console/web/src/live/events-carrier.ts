import { toProblem } from '~/api/problem';
import { type StreamEvent, streamEvents } from '~/api/streams';
import { type Carrier, GREETED_WITHIN_MS, type Hearing, type Loss } from './carrier';
import { type Frame } from './frames';

const PATH = '/api/v1/events';
const UNAUTHENTICATED = 401;
const SESSION_CLOSED = new Set([4401, 4403]);

/** Server-sent events, which pass where only requests and answers do. They bring whatever the caller may hear. */
export function openEvents(hearing: Hearing, since: number | undefined): Carrier {
  const stop = new AbortController();
  const close = (): void => stop.abort();
  const lose = (why: Loss): void => {
    if (stop.signal.aborted) return;
    close();
    hearing.onLost(why);
  };
  const deadline = setTimeout(() => lose('barred'), GREETED_WITHIN_MS);
  stop.signal.addEventListener('abort', () => clearTimeout(deadline));
  const follow = async (): Promise<void> => {
    let isOpen = false;
    try {
      const path = since === undefined ? PATH : `${PATH}?since=${String(since)}`;
      for await (const event of streamEvents(path, { signal: stop.signal, onSign: hearing.onSign })) {
        clearTimeout(deadline);
        isOpen = true;
        const why = heard(hearing, event);
        if (why !== undefined) lose(why);
      }
      // A proxy that ends what goes on for ever lets none of it through. Where it was lost already this says nothing.
      lose(isOpen ? 'away' : 'barred');
    } catch (error) {
      lose(isOpen ? 'away' : lossOf(error));
    }
  };
  void follow();
  return { close };
}

function heard(hearing: Hearing, { event, data }: StreamEvent): Loss | undefined {
  const frame = JSON.parse(data) as Frame;
  if (event === 'closed') return SESSION_CLOSED.has(Number(frame['code'])) ? 'session' : 'away';
  if (event === 'ready') hearing.onOpen(numbered(frame));
  else if (event === 'gap') hearing.onGap();
  else hearing.onFrame(frame);
  return undefined;
}

const numbered = ({ sequence }: Frame): { readonly sequence?: number } =>
  sequence === undefined ? {} : { sequence };

function lossOf(error: unknown): Loss {
  const { status } = toProblem(error);
  if (status === UNAUTHENTICATED) return 'session';
  return status === 0 ? 'away' : 'barred';
}
