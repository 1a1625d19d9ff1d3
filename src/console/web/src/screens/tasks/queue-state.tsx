import { type components } from '~/api/schema.gen';
import { Mark } from '~/components';
import { type Tone } from '~/design/status-tone';
import { text } from './text';

const words = text.queues;

/** Whether something moves: a queue nobody takes from looks empty until something is sent. */
export function QueueState({ queue }: { readonly queue: components['schemas']['QueueDto'] }) {
  const [word, tone]: readonly [string, Tone] = queue.paused
    ? [words.paused, 'warn']
    : queue.workers === 0
      ? [words.held, 'bad']
      : [words.flowing, 'good'];
  return <Mark tone={tone}>{word}</Mark>;
}
