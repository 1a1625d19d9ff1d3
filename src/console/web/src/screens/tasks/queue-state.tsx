import { Badge } from '@mantine/core';
import { type components } from '~/api/schema.gen';
import { text } from './text';

const words = text.queues;

/** Whether something moves: a queue nobody takes from looks empty until something is sent. */
export function QueueState({ queue }: { readonly queue: components['schemas']['QueueDto'] }) {
  const [word, colour] = queue.paused
    ? [words.paused, 'yellow']
    : queue.workers === 0
      ? [words.held, 'red']
      : [words.flowing, 'green'];
  return (
    <Badge variant="light" color={colour} tt="none" data-state={word}>
      {word}
    </Badge>
  );
}
