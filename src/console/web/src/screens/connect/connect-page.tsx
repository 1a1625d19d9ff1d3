import { Group, SegmentedControl, Select, Skeleton, Stack, Title } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyButton, Mono, PageHeader, ProblemCard } from '~/components';
import { ConnectionCard } from './connection-card';
import { useClients, useConnection, useEndpoints, useInstanceNames } from './data';
import { EndpointList } from './endpoint/endpoint-list';
import { KeyCard } from './key-card';
import { type ConnectSearch } from './search';
import { ownSystem, type System } from './snippet';
import { text } from './text';
import { WaitingCard } from './waiting-card';

const route = getRouteApi('/inside/connect');
const REMEMBERED = 'quayside-client';
const FIRST_CLIENT = 'claude-code';

/** Screen 9: from what is running to a client that uses it. */
export default function ConnectPage() {
  const search: ConnectSearch = route.useSearch();
  const navigate = useNavigate();
  const [system, setSystem] = useState<System>(ownSystem);
  const target = search.target ?? 'all';
  const client = search.client ?? remembered();
  const go = (next: ConnectSearch): void =>
    void navigate({ to: '/connect', search: { target, client, ...next }, replace: true } as never);
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <Stack gap="lg">
        <Group gap="sm" align="flex-end">
          <TargetSelect value={target} onChange={(next) => go({ target: next })} />
          <ClientSelect
            value={client}
            onChange={(next) => {
              remember(next);
              go({ client: next });
            }}
          />
          <SegmentedControl
            aria-label={text.system}
            value={system}
            onChange={(next) => setSystem(next)}
            data={(['macos', 'linux', 'windows'] as const).map((value) => ({
              value,
              label: text.systems[value],
            }))}
            data-testid="connect-system"
          />
        </Group>
        <Chosen key={target} target={target} client={client} system={system} />
        <EndpointList onConnect={(name) => go({ target: `endpoint:${name}` })} />
      </Stack>
    </>
  );
}

function Chosen({ target, client, system }: { target: string; client: string; system: System }) {
  const [key, setKey] = useState<string>();
  const { data, error, isPending, refetch } = useConnection(target, client);
  if (isPending) return <Skeleton height={280} data-testid="loading" />;
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  return (
    <Stack gap="md" maw={860}>
      <Group gap={6}>
        <Title order={2}>{text.address}</Title>
        <Mono>{data.url}</Mono>
        <CopyButton value={data.url} label={text.address} testId="connect-url" />
      </Group>
      <KeyCard target={target} client={data.client.title} value={key} onMade={setKey} />
      <ConnectionCard connection={data} apiKey={key} system={system} />
      <WaitingCard target={target} />
    </Stack>
  );
}

function TargetSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const instances = useInstanceNames();
  const endpoints = useEndpoints();
  const running = (instances.data?.instances ?? []).map(({ name }) => name);
  const named = (endpoints.data?.endpoints ?? []).map(({ name }) => name);
  const known = [...running.map((name) => `instance:${name}`), ...named.map((name) => `endpoint:${name}`)];
  const chosen = value.slice(value.indexOf(':') + 1);
  return (
    <Select
      label={text.target}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
      allowDeselect={false}
      searchable
      w={280}
      data-testid="connect-target"
      data={[
        { value: 'all', label: text.all },
        {
          group: text.instances,
          items: running.map((name) => ({ value: `instance:${name}`, label: name })),
        },
        { group: text.endpoints, items: named.map((name) => ({ value: `endpoint:${name}`, label: name })) },
        // A link may name one that is not in the first page of the lists.
        ...(value === 'all' || known.includes(value) ? [] : [{ value, label: chosen }]),
      ]}
    />
  );
}

function ClientSelect({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data } = useClients();
  return (
    <Select
      label={text.client}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
      allowDeselect={false}
      searchable
      w={240}
      data-testid="connect-client"
      data={(data?.clients ?? []).map(({ id, title }) => ({ value: id, label: title }))}
    />
  );
}

function remembered(): string {
  const known = window.localStorage.getItem(REMEMBERED) ?? '';
  return /^[a-z0-9-]{1,40}$/.test(known) ? known : FIRST_CLIENT;
}

function remember(client: string): void {
  try {
    window.localStorage.setItem(REMEMBERED, client);
  } catch {
    // Storage is off: the choice holds for this page.
  }
}
