import { Button, Checkbox, Stack } from '@mantine/core';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  EmptyState,
  Mark,
  Mono,
  PageHeader,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from './act';
import { CreateKey } from './keys/create-key';
import { EditKey } from './keys/edit-key';
import { ShownOnce } from './shown-once';
import { BY_CURSOR, FIRST_PAGE, pagesOf } from './paging';
import { RowButton, RowButtons } from './row-button';
import { text } from './text';

type Key = components['schemas']['ApiKeyDto'];
const words = text.keys;

const stateOf = ({ revoked_at: revoked, expires_at: expires }: Key): 'active' | 'revoked' | 'expired' => {
  if (revoked !== null) return 'revoked';
  return expires !== null && Date.parse(expires) < Date.now() ? 'expired' : 'active';
};

/** Keys of programs: what each may do, until when, and when it was used last. */
export default function KeysPage() {
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [edited, setEdited] = useState<Key>();
  const [showRevoked, setShowRevoked] = useState(false);
  const mayCreate = useMay('keys:create');
  const query = api.useInfiniteQuery('get', '/api/v1/api-keys', FIRST_PAGE, BY_CURSOR);
  const all = query.data?.pages.flatMap(({ api_keys: keys }) => keys) ?? [];
  const add = mayCreate && (
    <Button onClick={() => setAsking(true)} data-testid="keys-add">
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
      <Stack gap="sm">
        <Checkbox
          size="xs"
          label={words.showRevoked}
          checked={showRevoked}
          onChange={(event) => setShowRevoked(event.currentTarget.checked)}
          data-testid="keys-show-revoked"
        />
        <ResourceTable<Key>
          label={words.title}
          testId="keys"
          columns={columnsOf(setEdited)}
          rows={all.filter(({ revoked_at: revoked }) => showRevoked || revoked === null)}
          rowId={({ id }) => id}
          filtered={all.length > 0}
          onClearFilter={() => setShowRevoked(true)}
          empty={<EmptyState {...words.empty} action={add} />}
          {...pagesOf(query)}
        />
      </Stack>
      <EditKey apiKey={edited} onClose={() => setEdited(undefined)} />
      <CreateKey opened={isAsking} onClose={() => setAsking(false)} onCreated={setSecret} />
      <ShownOnce
        title={words.fresh}
        value={secret}
        onClose={() => setSecret(undefined)}
        testId="key-secret"
      />
    </>
  );
}

const TONES = { active: 'good', revoked: 'idle', expired: 'warn' } as const;

const columnsOf = (onEdit: (key: Key) => void) =>
  [
    { id: 'name', header: text.name, cell: ({ name }: Key) => name },
    {
      id: 'status',
      header: text.status,
      cell: (key: Key) => <Mark tone={TONES[stateOf(key)]}>{words[stateOf(key)]}</Mark>,
    },
    { id: 'role', header: words.role, cell: ({ role }: Key) => role, hideBelow: 'sm' },
    {
      id: 'scopes',
      header: words.scopes,
      cell: ({ scopes }: Key) => (
        <span title={scopes.join(', ')}>{scopes.length === 0 ? words.all : words.count(scopes.length)}</span>
      ),
      hideBelow: 'md',
    },
    {
      id: 'used',
      header: words.lastUsed,
      cell: ({ last_used_at: at }: Key) => <RelativeTime at={at} empty={text.never} />,
    },
    {
      id: 'expires',
      header: words.expires,
      cell: ({ expires_at: at }: Key) => <RelativeTime at={at} empty={text.never} />,
      hideBelow: 'sm',
    },
    {
      id: 'creator',
      header: words.creator,
      cell: ({ created_by: creator }: Key) => <Mono>{creator}</Mono>,
      hideBelow: 'md',
    },
    {
      id: 'actions',
      header: text.actions,
      cell: (key: Key) => <Actions apiKey={key} onEdit={() => onEdit(key)} />,
    },
  ] as const;

const Actions = ({ apiKey, onEdit }: { readonly apiKey: Key; readonly onEdit: () => void }) => (
  <RowButtons>
    {useMay('keys:update') && apiKey.revoked_at === null && (
      <RowButton onClick={onEdit} testId="keys-edit">
        {words.edit}
      </RowButton>
    )}
    <Revoke apiKey={apiKey} />
  </RowButtons>
);

function Revoke({ apiKey }: { readonly apiKey: Key }) {
  const isAllowed = useMay('keys:revoke');
  if (!isAllowed || apiKey.revoked_at !== null) return null;
  const { id, name } = apiKey;
  const revoke = (): void =>
    confirmDestructive({
      title: words.revokeTitle(name),
      lists: words.revokeLists,
      confirmLabel: words.revoke,
      onConfirm: () =>
        act(
          rest.DELETE('/api/v1/api-keys/{id}', { params: { path: { id }, header: ANY_VERSION } }),
          words.wasRevoked,
        ),
    });
  return (
    <RowButton onClick={revoke} takesAway testId="keys-revoke">
      {words.revoke}
    </RowButton>
  );
}
