import { TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { rest } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { act, ANY_VERSION } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { useTyped } from '../use-typed';
import { EventsField, eventsOf } from './events-field';
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
  const { typed, field, reset } = useTyped(EMPTY);
  useEffect(() => reset(typedOf(recipient)), [recipient, opened, reset]);
  const save = (): Promise<unknown> => {
    const { address, description, events } = typed;
    const body = { address, description, ...eventsOf(events) };
    return recipient === undefined
      ? act(rest.POST('/api/v1/mail-recipients', { body }), words.wasAdded)
      : act(
          rest.PATCH('/api/v1/mail-recipients/{id}', {
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
        {...field('address')}
        data-autofocus
        data-testid="recipient-address"
      />
      <TextInput label={text.description} {...field('description')} />
      <EventsField {...field('events')} about={words.eventsAbout} testId="recipient-events" />
    </Ask>
  );
}
