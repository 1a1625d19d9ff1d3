import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { useMe } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { act, ANY_VERSION } from '../act';
import { Ask } from '../ask';
import { text } from '../text';
import { sooner } from './sooner';

type Key = components['schemas']['ApiKeyDto'];
const words = text.keys;
const EMPTY = { name: '', scopes: [] as string[], days: '' };

interface EditKeyProps {
  /** undefined: none is edited. */
  readonly apiKey: Key | undefined;
  readonly onClose: () => void;
}

/** Another name, fewer permissions, an earlier end: a key never gains, which the form does not offer either. */
export function EditKey({ apiKey, onClose }: EditKeyProps) {
  const [typed, setTyped] = useState(EMPTY);
  const { data: me } = useMe();
  useEffect(() => {
    setTyped(apiKey === undefined ? EMPTY : { name: apiKey.name, scopes: [...apiKey.scopes], days: '' });
  }, [apiKey]);
  const { scopes: before = [], expires_at: end = null } = apiKey ?? {};
  const ends = sooner(words.days, end, Date.now());
  const save = (): Promise<unknown> =>
    act(
      rest.PATCH('/api/v1/api-keys/{id}', {
        params: { path: { id: apiKey?.id ?? '' }, header: ANY_VERSION },
        body: {
          name: typed.name,
          ...(typed.scopes.length === 0 ? {} : { scopes: typed.scopes }),
          ...(typed.days === '' ? {} : { expires_at: endIn(typed.days) }),
        },
      }),
      words.wasChanged,
    );
  return (
    <Ask
      title={words.editTitle(apiKey?.name ?? '')}
      submit={text.save}
      opened={apiKey !== undefined}
      onClose={onClose}
      onSubmit={save}
      disabled={typed.name === '' || (before.length > 0 && typed.scopes.length === 0)}
      testId="key-edit-form"
    >
      <TextInput
        label={text.name}
        value={typed.name}
        onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
        data-autofocus
        data-testid="key-edit-name"
      />
      <MultiSelect
        label={words.scopes}
        description={words.narrower}
        data={before.length > 0 ? [...before] : (me?.permissions ?? [])}
        value={typed.scopes}
        onChange={(scopes) => setTyped({ ...typed, scopes })}
        searchable
        data-testid="key-edit-scopes"
      />
      <Select
        label={words.expires}
        description={words.sooner}
        data={[{ value: '', label: words.asBefore }, ...ends]}
        value={typed.days}
        onChange={(days) => setTyped({ ...typed, days: days ?? '' })}
        allowDeselect={false}
        data-testid="key-edit-expires"
      />
    </Ask>
  );
}

const DAY_MS = 86_400_000;

const endIn = (days: string): string => new Date(Date.now() + Number(days) * DAY_MS).toISOString();
