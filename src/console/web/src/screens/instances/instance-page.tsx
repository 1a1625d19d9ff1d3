import { Group, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useMay } from '~/api/me';
import { CopyButton, Mono, PageHeader, ProblemCard, RelativeTime, StatusBadge } from '~/components';
import { type Instance } from './data/instance';
import { useInstance } from './data/use-instance';
import { text } from './detail-text';
import { Actions } from './detail/actions';
import { OverviewTab } from './detail/overview-tab';
import { useInstanceKeys } from './detail/use-keys';
import { reasonOf } from './list/columns';
import { type InstanceSearch, type Tab, TABS } from './search';

/** What most visits do not need comes when its tab is opened. */
const PANELS = {
  overview: OverviewTab,
  tools: lazy(() => import('./detail/tools-tab')),
  logs: lazy(() => import('./detail/logs-tab')),
  metrics: lazy(() => import('./detail/metrics-tab')),
  events: lazy(() => import('./detail/events-tab')),
  config: lazy(() => import('./config/config-tab')),
  diagnose: lazy(() => import('./detail/diagnose-tab')),
  danger: lazy(() => import('./detail/danger-tab')),
} as const;

export default function InstancePage() {
  const { name } = useParams({ from: '/inside/instances/$name' });
  const { tab = 'overview' } = useSearch({ from: '/inside/instances/$name' });
  const navigate = useNavigate({ from: '/instances/$name' });
  const query = useInstance(name);
  const show = (next: Tab): void =>
    void navigate({ search: next === 'overview' ? {} : ({ tab: next } satisfies InstanceSearch) });
  useInstanceKeys(query.data, useMay('instances:operate'), show);
  const crumbs = [{ label: text.list, to: '/instances' }, { label: name }];
  if (query.data === undefined) {
    return (
      <>
        <PageHeader title={name} crumbs={crumbs} />
        {query.error === null ? (
          <Skeleton height={240} aria-busy />
        ) : (
          <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  }
  const instance = query.data;
  const Panel = PANELS[tab];
  return (
    <>
      <PageHeader
        title={name}
        crumbs={crumbs}
        description={<About instance={instance} />}
        actions={<Actions instance={instance} />}
      />
      <Tabs value={tab} onChange={(next) => show(TABS.find((known) => known === next) ?? 'overview')}>
        <Tabs.List mb="md" aria-label={text.tabsLabel}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`instance-tab-${one}`}>
              {text.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<Skeleton height={240} aria-busy />}>
            <Panel instance={instance} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** Status, reason and since when, told to those who hear the page as they change. */
function About({ instance }: { readonly instance: Instance }) {
  return (
    <Stack gap={6}>
      <Group gap="xs" role="status" aria-live="polite">
        <StatusBadge family="instance" status={instance.status} testId="instance-status" />
        <Text size="sm" data-testid="instance-reason">
          {reasonOf(instance)}
        </Text>
      </Group>
      <Group gap="xs" c="dimmed" fz="sm">
        <span>
          {text.since} <RelativeTime at={instance.since} />
        </span>
        {instance.next_attempt_at !== null && (
          <span>
            {text.nextAttempt} <RelativeTime at={instance.next_attempt_at} />
          </span>
        )}
        <Group gap={4} wrap="nowrap">
          <Mono>{instance.endpoint}</Mono>
          <CopyButton value={instance.endpoint} label={text.endpoint} testId="instance-endpoint-copy" />
        </Group>
      </Group>
      {instance.description !== '' && <Text c="dimmed">{instance.description}</Text>}
    </Stack>
  );
}
