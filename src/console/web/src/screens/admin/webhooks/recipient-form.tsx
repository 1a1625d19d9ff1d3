import { Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { act, ANY_VERSION } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { recipientText as words } from './recipient-text';

export type Recipient = components['schemas']['RecipientDto'];

interface RecipientFormProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** undefined: a new one. */
  readonly recipient?: Recipient | undefined;
}

const EMPTY = { address: '', description: '', events: '' };

const typedOf = (one: Recipient | undefined): typeof EMPTY =>
  one === undefined
    ? EMPTY
    : { address: one.address, description: one.description, events: one.events.join('\n') };

/** Who is told by mail, and of what. */
export function RecipientForm({ opened, onClose, recipient }: RecipientFormProps) {
  const [typed, setTyped] = useState(EMPTY);
  useEffect(() => setTyped(typedOf(recipient)), [recipient, opened]);
  const save = (): Promise<unknown> => {
    const events = typed.events.split(/[\s,]+/).filter((event) => event !== '');
    const { address, description } = typed;
    const body = { address, description, ...(events.length === 0 ? {} : { events }) };
    return recipient === undefined
      ? act(rest.POST('/api/v1/notifications/recipients', { body }), words.wasAdded)
      : act(
          rest.PATCH('/api/v1/notifications/recipients/{id}', {
            params: { path: { id: recipient.id }, header: ANY_VERSION },
            body,
          }),
          words.wasChanged,
        );
  };
  return (
    <Ask
      title={recipient === undefined ? words.add : words.editTitle(recipient.address)}
      submit={recipient === undefined ? text.create : text.save}
      opened={opened}
      onClose={onClose}
      onSubmit={save}
      disabled={typed.address === ''}
      testId="recipient-form"
    >
      <TextInput
        label={words.address}
        description={words.addressAbout}
        value={typed.address}
        onChange={(event) => setTyped({ ...typed, address: event.currentTarget.value })}
        data-autofocus
        data-testid="recipient-address"
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
        data-testid="recipient-events"
      />
    </Ask>
  );
}
