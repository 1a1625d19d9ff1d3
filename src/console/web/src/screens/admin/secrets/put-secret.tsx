import { PasswordInput, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { rest } from '~/api/client';
import { act } from '../act';
import { Ask } from '../ask';
import { type Wanted } from '../secrets-page';
import { text } from '../text';
import { useTyped } from '../use-typed';

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
  const { typed, put, field, reset } = useTyped(EMPTY);
  useEffect(() => reset(wanted === undefined ? EMPTY : { ...wanted, value: '' }), [wanted, reset]);
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
            {...field('scope')}
            data-testid="secret-scope"
          />
          <TextInput
            label={text.name}
            description={words.nameAbout}
            value={name}
            onChange={(event) => put({ name: event.currentTarget.value.toUpperCase() })}
            data-testid="secret-name"
            data-autofocus
          />
        </>
      )}
      <PasswordInput
        label={words.value}
        description={words.valueAbout}
        {...field('value')}
        autoComplete="off"
        data-testid="secret-value"
      />
    </Ask>
  );
}
