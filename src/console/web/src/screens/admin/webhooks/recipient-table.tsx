import { Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import {
  confirmDestructive,
  EmptyState,
  Mark,
  Mono,
  notifyProblem,
  Reason,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from '../act';
import { webhookText } from '../more-text';
import { RowButton, RowButtons } from '../row-button';
import { text } from '../text';
import { type Recipient, RecipientForm } from './recipient-form';
import { recipientText as words } from './recipient-text';

/** Who is told by mail. */
export function RecipientTable({ add }: { readonly add: ReactNode }) {
  const query = api.useQuery('get', '/api/v1/mail-recipients');
  const [edited, setEdited] = useState<Recipient>();
  const columns = [
    ...COLUMNS,
    {
      id: 'actions',
      header: text.actions,
      cell: (row: Recipient) => <Actions recipient={row} onEdit={() => setEdited(row)} />,
    },
  ];
  return (
    <>
      <ResourceTable<Recipient>
        label={words.address}
        testId="recipients"
        columns={columns}
        rows={query.data?.recipients ?? []}
        rowId={({ id }) => id}
        rowName={({ address }) => address}
        query={query}
        empty={<EmptyState {...words.empty} action={add} />}
      />
      <RecipientForm opened={edited !== undefined} recipient={edited} onClose={() => setEdited(undefined)} />
    </>
  );
}

const COLUMNS = [
  {
    id: 'address',
    header: words.address,
    cell: ({ address, description }: Recipient) => (
      <Stack gap={0}>
        <Mono>{address}</Mono>
        <Reason text={description} />
      </Stack>
    ),
  },
  {
    id: 'events',
    header: words.events,
    cell: ({ events }: Recipient) => <Mono>{events.join(', ')}</Mono>,
    hideBelow: 'md',
  },
  {
    id: 'state',
    header: text.status,
    cell: ({ enabled }: Recipient) => (
      <Mark tone={enabled ? 'good' : 'idle'}>{enabled ? words.on : words.off}</Mark>
    ),
  },
] as const;

function Actions({ recipient, onEdit }: { readonly recipient: Recipient; readonly onEdit: () => void }) {
  if (!useMay('notifications:write')) return null;
  const { id, address, enabled } = recipient;
  const target = { params: { path: { id }, header: ANY_VERSION } };
  const toggle = (): void => {
    act(rest.PATCH('/api/v1/mail-recipients/{id}', { ...target, body: { enabled: !enabled } })).catch(
      (error: unknown) => notifyProblem(error),
    );
  };
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(address),
      lists: words.removeLists,
      confirmLabel: text.remove,
      onConfirm: () => act(rest.DELETE('/api/v1/mail-recipients/{id}', target), words.removed),
    });
  return (
    <RowButtons>
      <RowButton onClick={toggle} testId="recipients-toggle">
        {enabled ? webhookText.switchOff : webhookText.switchOn}
      </RowButton>
      <RowButton onClick={onEdit} testId="recipients-edit">
        {words.edit}
      </RowButton>
      <RowButton onClick={remove} takesAway testId="recipients-delete">
        {text.remove}
      </RowButton>
    </RowButtons>
  );
}
