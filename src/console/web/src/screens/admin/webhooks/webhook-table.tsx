import { Stack } from '@mantine/core';
import { type ReactNode } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  EmptyState,
  Mark,
  Mono,
  notifyProblem,
  Reason,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { act, ANY_VERSION } from '../act';
import { webhookText as words } from '../more-text';
import { RowButton, RowButtons } from '../row-button';
import { text } from '../text';

type Webhook = components['schemas']['WebhookDto'];

interface WebhookTableProps {
  readonly add: ReactNode;
  readonly onSecret: (secret: string) => void;
}

export function WebhookTable({ add, onSecret }: WebhookTableProps) {
  const query = api.useQuery('get', '/api/v1/webhooks');
  return (
    <ResourceTable<Webhook>
      label={words.tabs.webhooks}
      testId="webhooks"
      columns={COLUMNS(onSecret)}
      rows={query.data?.webhooks ?? []}
      rowId={({ id }) => id}
      query={query}
      empty={<EmptyState {...words.empty} action={add} />}
    />
  );
}

const COLUMNS = (onSecret: (secret: string) => void) =>
  [
    {
      id: 'url',
      header: words.url,
      cell: ({ url, description }: Webhook) => (
        <Stack gap={0}>
          <Mono>{url}</Mono>
          <Reason text={description} />
        </Stack>
      ),
    },
    {
      id: 'events',
      header: words.events,
      cell: ({ events }: Webhook) => <Mono>{events.join(', ')}</Mono>,
      hideBelow: 'md',
    },
    { id: 'state', header: words.state, cell: (row: Webhook) => <State webhook={row} /> },
    {
      id: 'changed',
      header: text.changed,
      cell: ({ updated_at: at }: Webhook) => <RelativeTime at={at} />,
      hideBelow: 'md',
    },
    {
      id: 'actions',
      header: text.actions,
      cell: (row: Webhook) => <Actions webhook={row} onSecret={onSecret} />,
    },
  ] as const;

/** Switched off by somebody or by us, or paused for a while because the receiver does not answer. */
function State({
  webhook: { enabled, disabled_reason: reason, state, failures },
}: {
  readonly webhook: Webhook;
}) {
  const isPaused = enabled && state === 'closed';
  const tone = isPaused ? 'warn' : enabled ? 'good' : 'idle';
  return (
    <Stack gap={2} align="flex-start">
      <Mark tone={tone}>{isPaused ? words.paused : enabled ? words.on : words.off}</Mark>
      <Reason text={reason ?? (failures > 0 ? words.failures(failures) : '')} />
    </Stack>
  );
}

function Actions({
  webhook,
  onSecret,
}: {
  readonly webhook: Webhook;
  readonly onSecret: (secret: string) => void;
}) {
  const mayWrite = useMay('notifications:write');
  if (!mayWrite) return null;
  const { id, url, enabled } = webhook;
  const target = { params: { path: { id }, header: ANY_VERSION } };
  const toggle = (): void => {
    act(rest.PATCH('/api/v1/webhooks/{id}', { ...target, body: { enabled: !enabled } })).catch(
      (error: unknown) => notifyProblem(error),
    );
  };
  const rotate = (): void => {
    act(rest.POST('/api/v1/webhooks/{id}/rotate-secret', { params: { path: { id } } })).then(
      ({ secret }) => onSecret(secret),
      (error: unknown) => notifyProblem(error),
    );
  };
  const remove = (): void =>
    confirmDestructive({
      title: words.removeTitle(url),
      lists: words.removeLists,
      confirmLabel: text.remove,
      onConfirm: () => act(rest.DELETE('/api/v1/webhooks/{id}', target), words.removed),
    });
  return (
    <RowButtons>
      <RowButton onClick={toggle} testId="webhooks-toggle">
        {enabled ? words.switchOff : words.switchOn}
      </RowButton>
      <RowButton onClick={rotate} testId="webhooks-rotate">
        {words.rotate}
      </RowButton>
      <RowButton onClick={remove} takesAway testId="webhooks-delete">
        {text.remove}
      </RowButton>
    </RowButtons>
  );
}
