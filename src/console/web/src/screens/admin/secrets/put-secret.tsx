import { PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { act } from '../act';
import { Ask } from '../ask';
import { type Wanted } from '../secrets-page';
import { text } from '../text';

const words = text.secrets;
const EMPTY = { scope: '', name: '', value: '' };

/** A new secret, or a new version of one; what was typed is forgotten when the dialog closes. */
export function PutSecret({
  wanted,
  onClose,
}: {
  readonly wanted: Wanted | undefined;
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState(EMPTY);
  useEffect(() => setTyped(wanted === undefined ? EMPTY : { ...wanted, value: '' }), [wanted]);
  const { scope, name, value } = typed;
  const isNew = wanted?.isNew ?? true;
  const store = (): Promise<unknown> =>
    act(
      rest.PUT('/api/v1/secrets/{scope}/{name}', { params: { path: { scope, name } }, body: { value } }),
      words.stored,
    );
  return (
    <Ask
      title={isNew ? words.add : words.replaceTitle(name)}
      submit={text.save}
      opened={wanted !== undefined}
      onClose={onClose}
      onSubmit={store}
      disabled={scope === '' || name === '' || value === ''}
      testId="secret-form"
    >
      {isNew && (
        <>
          <TextInput
            label={words.scope}
            description={words.scopeAbout}
            value={scope}
            onChange={(event) => setTyped({ ...typed, scope: event.currentTarget.value })}
            data-testid="secret-scope"
          />
          <TextInput
            label={text.name}
            description={words.nameAbout}
            value={name}
            onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value.toUpperCase() })}
            data-testid="secret-name"
            data-autofocus
          />
        </>
      )}
      <PasswordInput
        label={words.value}
        description={words.valueAbout}
        value={value}
        onChange={(event) => setTyped({ ...typed, value: event.currentTarget.value })}
        autoComplete="off"
        data-testid="secret-value"
      />
    </Ask>
  );
}
