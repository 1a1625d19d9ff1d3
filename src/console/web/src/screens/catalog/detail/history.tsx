import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import { Actor, Mono, ProblemCard, RelativeTime } from '~/components';
import { DiffView } from '~/components/lazy/diff-view';
import { type Definition } from '../data';
import { text } from '../text';

const words = text.detail;
const MAX = 50;

type Entry = components['schemas']['AuditEntryDto'];

/** Every version that the definition had, as the trail has it: who changed what. */
export function History({ definition }: { readonly definition: Definition }) {
  if (!useMay('audit:read')) return <Text c="dimmed">{words.noTrail}</Text>;
  return <Versions id={definition.id} />;
}

function Versions({ id }: { readonly id: string }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/audit', {
    params: { query: { resource: `servers/${id}`, outcome: 'succeeded', limit: MAX } },
  });
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  const entries = (data?.entries ?? []).filter(({ before, after }) => before !== null || after !== null);
  if (entries.length === 0) return <Text c="dimmed">{words.noHistory}</Text>;
  return (
    <Stack gap={6} data-testid="catalog-history">
      {entries.map((entry) => (
        <Version key={entry.id} entry={entry} />
      ))}
    </Stack>
  );
}

function Version({ entry }: { readonly entry: Entry }) {
  const [opened, setOpened] = useState(false);
  const { before, after, action, actor, at } = entry;
  return (
    <Stack gap={4}>
      <Group gap="sm">
        <Mono>{versionOf(after)}</Mono>
        <Text size="sm">{action}</Text>
        <Text size="sm" c="dimmed">
          <Actor id={actor} /> <RelativeTime at={at} />
        </Text>
        {before !== null && (
          <Anchor
            component="button"
            size="sm"
            onClick={() => setOpened(!opened)}
            data-testid="catalog-change"
          >
            {opened ? words.hideChange : words.showChange}
          </Anchor>
        )}
      </Group>
      {opened && <DiffView before={inText(before)} after={inText(after)} label={words.history} />}
    </Stack>
  );
}

const inText = (value: unknown): string => (value === null ? '' : JSON.stringify(value, null, 2));

/** What its owner calls it; most call it nothing. */
function versionOf(state: unknown): string {
  const version: unknown = (state as { readonly version?: unknown } | null)?.version;
  return typeof version === 'string' && version !== '' ? version : '–';
}
