import { TextInput } from '@mantine/core';
import { rest } from '~/api/client';
import { act } from '../act';
import { Ask } from '../ask';
import { webhookText as words } from '../more-text';
import { text } from '../text';
import { useTyped } from '../use-typed';
import { EventsField, eventsOf } from './events-field';

interface CreateWebhookProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

const EMPTY = { url: '', description: '', events: '' };

/** An address that is told; the answer holds the secret that signs, once. */
export function CreateWebhook({ opened, onClose, onCreated }: CreateWebhookProps) {
  const { typed, field, reset } = useTyped(EMPTY);
  const create = async (): Promise<void> => {
    const { secret } = await act(
      rest.POST('/api/v1/webhooks', {
        body: { url: typed.url, description: typed.description, ...eventsOf(typed.events) },
      }),
      words.wasAdded,
    );
    reset(EMPTY);
    onCreated(secret);
  };
  return (
    <Ask
      title={words.add}
      submit={text.create}
      opened={opened}
      onClose={onClose}
      onSubmit={create}
      disabled={typed.url === ''}
      testId="webhook-form"
    >
      <TextInput
        label={words.url}
        description={words.urlAbout}
        {...field('url')}
        data-autofocus
        data-testid="webhook-url"
      />
      <TextInput label={text.description} {...field('description')} />
      <EventsField {...field('events')} about={words.eventsAbout} testId="webhook-events" />
    </Ask>
  );
}
