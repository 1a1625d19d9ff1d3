import { Drawer, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { api } from '~/api/client';
import { CopyButton, JsonView, Mono, ProblemCard, RelativeTime } from '~/components';
import { DiffView } from '~/components/lazy/diff-view';
import { type Entry } from '../audit-page';
import { auditText as words } from '../more-text';

interface Props {
  /** undefined: none is open. */
  readonly id: string | undefined;
  readonly at: string | undefined;
  /** As the list beside it has it; one that a link names may be far behind what the list shows. */
  readonly listed: Entry | undefined;
  readonly onClose: () => void;
}

/** One row of the trail with everything that it holds; what changed, as a difference. */
export const EntryDrawer = ({ id, at, listed, onClose }: Props) => (
  <Drawer opened={id !== undefined} onClose={onClose} title={words.entry} position="right" size="lg">
    {listed === undefined && id !== undefined && <Asked id={id} at={at} />}
    {listed !== undefined && <Content entry={listed} />}
  </Drawer>
);

function Asked({ id, at }: { readonly id: string; readonly at: string | undefined }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/audit/{id}', {
    params: { path: { id }, query: at === undefined ? {} : { at } },
  });
  if (data !== undefined) return <Content entry={data} />;
  return error === null ? (
    <Skeleton height={240} />
  ) : (
    <ProblemCard problem={error} onRetry={() => void refetch()} />
  );
}

function Content({ entry }: { readonly entry: Entry }) {
  const { before, after, detail } = entry;
  const facts = [
    [words.action, entry.action],
    [words.actor, entry.actor],
    [words.resource, `${entry.resource_type}/${entry.resource_id}`],
    [words.outcome, entry.outcome],
    [words.key, entry.key_id],
    [words.address, entry.address],
    [words.request, entry.request_id],
  ] as const;
  return (
    <Stack gap="sm" data-testid="audit-entry">
      <Text size="sm" c="dimmed">
        <RelativeTime at={entry.at} />
      </Text>
      {facts.map(
        ([label, value]) =>
          value !== null && (
            <Group key={label} gap="xs" wrap="nowrap">
              <Text size="sm" c="dimmed" w={80}>
                {label}
              </Text>
              <Mono>{value}</Mono>
              <CopyButton value={value} label={label} />
            </Group>
          ),
      )}
      {(before !== null || after !== null) && (
        <>
          <Title order={2}>{words.change}</Title>
          <DiffView before={inText(before)} after={inText(after)} label={words.change} />
        </>
      )}
      {Object.keys(detail).length > 0 && (
        <>
          <Title order={2}>{words.detail}</Title>
          <JsonView value={detail} label={words.detail} />
        </>
      )}
    </Stack>
  );
}

const inText = (value: unknown): string => (value === null ? '' : JSON.stringify(value, null, 2));
