import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { confirmDestructive, EmptyState, Mono, PageHeader, RelativeTime, ResourceTable } from '~/components';
import { act } from './act';
import { KeyringCard } from './secrets/keyring-card';
import { PutSecret } from './secrets/put-secret';
import { BY_CURSOR, FIRST_PAGE, pagesOf } from './paging';
import { RowButton, RowButtons } from './row-button';
import { text } from './text';

type Secret = components['schemas']['SecretDto'];
/** What the dialog is about: a new one, or the next version of one that is there. */
export type Wanted = { readonly scope: string; readonly name: string; readonly isNew: boolean };

const NEW: Wanted = { scope: 'shared', name: '', isNew: true };
const words = text.secrets;
const nameOf = ({ scope, name }: Secret): string => `${scope}:${name}`;

/** Names and use of secrets; values go in and never come out. */
export default function SecretsPage() {
  const [wanted, setWanted] = useState<Wanted>();
  const mayWrite = useMay('secrets:write');
  const query = api.useInfiniteQuery('get', '/api/v1/secrets', FIRST_PAGE, BY_CURSOR);
  const add = mayWrite && (
    <Button onClick={() => setWanted(NEW)} data-testid="secrets-add">
      {words.add}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[{ label: text.admin }]}
        description={words.about}
        actions={add}
      />
      <Stack gap="md">
        <ResourceTable<Secret>
          label={words.title}
          testId="secrets"
          columns={COLUMNS(setWanted)}
          rows={query.data?.pages.flatMap(({ secrets }) => secrets) ?? []}
          rowId={nameOf}
          empty={<EmptyState {...words.empty} action={add} />}
          {...pagesOf(query)}
        />
        <KeyringCard />
      </Stack>
      <PutSecret wanted={wanted} onClose={() => setWanted(undefined)} />
    </>
  );
}

const COLUMNS = (replace: (wanted: Wanted) => void) =>
  [
    { id: 'name', header: text.name, cell: (row: Secret) => <Mono>{nameOf(row)}</Mono> },
    {
      id: 'version',
      header: words.version,
      cell: ({ version }: Secret) => version,
      align: 'right',
      hideBelow: 'sm',
    },
    {
      id: 'used_by',
      header: words.usedBy,
      cell: ({ used_by: users }: Secret) => (users.length === 0 ? text.none : users.join(', ')),
    },
    {
      id: 'changed',
      header: text.changed,
      cell: ({ updated_at: at }: Secret) => <RelativeTime at={at} />,
      hideBelow: 'md',
    },
    {
      id: 'actions',
      header: text.actions,
      cell: (row: Secret) => <Actions secret={row} replace={replace} />,
    },
  ] as const;

function Actions({
  secret,
  replace,
}: {
  readonly secret: Secret;
  readonly replace: (wanted: Wanted) => void;
}) {
  const { scope, name } = secret;
  const mayWrite = useMay('secrets:write');
  const mayDelete = useMay('secrets:delete');
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(nameOf(secret)),
      lists: words.lists(nameOf(secret)),
      typeName: name,
      confirmLabel: text.remove,
      onConfirm: () =>
        act(
          rest.DELETE('/api/v1/secrets/{scope}/{name}', { params: { path: { scope, name } } }),
          words.removed,
        ),
    });
  return (
    <RowButtons>
      {mayWrite && (
        <RowButton onClick={() => replace({ scope, name, isNew: false })} testId="secrets-replace">
          {words.replace}
        </RowButton>
      )}
      {mayDelete && (
        <RowButton onClick={remove} takesAway testId="secrets-delete">
          {text.remove}
        </RowButton>
      )}
    </RowButtons>
  );
}
