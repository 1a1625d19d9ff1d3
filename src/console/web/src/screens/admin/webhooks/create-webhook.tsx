import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { rest } from '~/api/client';
import { act } from '../act';
import { Ask } from '../ask';
import { webhookText as words } from '../more-text';
import { text } from '../text';

interface CreateWebhookProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

const EMPTY = { url: '', description: '', events: '' };

/** An address that is told; the answer holds the secret that signs, once. */
export function CreateWebhook({ opened, onClose, onCreated }: CreateWebhookProps) {
  const [typed, setTyped] = useState(EMPTY);
  const create = async (): Promise<void> => {
    const events = typed.events.split(/[\s,]+/).filter((event) => event !== '');
    const { secret } = await act(
      rest.POST('/api/v1/notifications/webhooks', {
        body: { url: typed.url, description: typed.description, ...(events.length === 0 ? {} : { events }) },
      }),
      words.wasAdded,
    );
    setTyped(EMPTY);
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
        value={typed.url}
        onChange={(event) => setTyped({ ...typed, url: event.currentTarget.value })}
        data-autofocus
        data-testid="webhook-url"
      />
      <TextInput
        label={text.description}
        value={typed.description}
        onChange={(event) => setTyped({ ...typed, description: event.currentTarget.value })}
      />
      <Textarea
        label={words.events}
        description={words.eventsAbout}
        value={typed.events}
        onChange={(event) => setTyped({ ...typed, events: event.currentTarget.value })}
        autosize
        minRows={2}
        data-testid="webhook-events"
      />
    </Ask>
  );
}
