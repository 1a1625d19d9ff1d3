import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { type Column, Mono, Reason, RelativeTime, Sparkline, StatusBadge } from '~/components';
import { formatBytes, formatDuration, formatNumber, formatPercent, formatRate } from '~/design/format';
import { useActivity } from '../data/activity-board';
import { type Instance, type InstanceActivity } from '../data/instance';
import { text } from '../text';
import { Watched } from './watched';

/** What it runs as: the image, the address, or the bundled command. */
export function runsAs({ json_spec: spec }: Instance): string {
  const place = { docker: 'image', url: 'endpoint', stdio: 'command' }[spec.type];
  const value = (spec as Readonly<Record<string, unknown>>)[place];
  return typeof value === 'string' ? value : '';
}

/** Words where the API gives none: stopped and idle are no failures. */
export function reasonOf({ status, reason }: Instance): string {
  if (status === 'idle') return reason === '' ? text.idle : reason;
  return status === 'stopped' && reason === '' ? text.stopped : reason;
}

export const Name = ({ row }: { readonly row: Instance }) => (
  <Watched id={row.id}>
    <Anchor component={Link} to={`/instances/${row.name}`} fw={500} data-testid="instances-name">
      {row.name}
    </Anchor>
    <Reason text={row.description} />
  </Watched>
);

export const Status = ({ row }: { readonly row: Instance }) => (
  <Stack gap={2} align="flex-start" maw={340} miw={{ base: 0, sm: 220 }}>
    <StatusBadge family="instance" status={row.status} testId="instances-status" />
    <Reason text={reasonOf(row)} lines={2} />
    {row.next_attempt_at !== null && row.status !== 'running' && (
      <Text size="xs" c="dimmed">
        {text.nextAttempt} <RelativeTime at={row.next_attempt_at} />
      </Text>
    )}
  </Stack>
);

const Figure = ({ children }: { readonly children: ReactNode }) => (
  <span className="q-figures" style={{ whiteSpace: 'nowrap' }}>
    {children}
  </span>
);

interface ActivityCellProps {
  readonly id: string;
  readonly of: (activity: InstanceActivity) => string;
}

function ActivityCell({ id, of }: ActivityCellProps) {
  const activity = useActivity(id);
  return <Figure>{activity === undefined ? '' : of(activity)}</Figure>;
}

export function Usage({ id }: { readonly id: string }) {
  const usage = useActivity(id)?.usage ?? [];
  const last = usage.at(-1);
  if (last === undefined) return null;
  const cpu = text.cpu(formatPercent(last.cpu_percent / 100));
  const memory = text.memory(formatBytes(last.memory_bytes));
  return (
    <Group gap={8} wrap="nowrap" title={`${cpu}, ${memory}`}>
      <Stack gap={0}>
        <Sparkline values={usage.map((one) => one.cpu_percent)} label={cpu} width={56} height={16} />
        <Text size="xs" c="dimmed" className="q-figures">
          {formatPercent(last.cpu_percent / 100)}
        </Text>
      </Stack>
      <Stack gap={0}>
        <Sparkline values={usage.map((one) => one.memory_bytes)} label={memory} width={56} height={16} />
        <Text size="xs" c="dimmed" className="q-figures">
          {formatBytes(last.memory_bytes)}
        </Text>
      </Stack>
    </Group>
  );
}

const p95Of = ({ p95_ms: p95 }: InstanceActivity): string => (p95 === null ? '' : formatDuration(p95));
const words = text.columns;

/** `templates` are names of definitions by id. */
export const columnsOf = (templates: ReadonlyMap<string, string>): readonly Column<Instance>[] => [
  { id: 'name', header: words.name, sortable: true, cell: (row) => <Name row={row} /> },
  { id: 'status', header: words.status, cell: (row) => <Status row={row} /> },
  {
    ...{ id: 'template', header: words.template, hideBelow: 'md' },
    cell: (row) => templates.get(row.server_spec_id ?? '') ?? <Text c="dimmed">{text.noTemplate}</Text>,
  },
  {
    ...{ id: 'runs', header: words.runs, hideBelow: 'md' },
    cell: (row) => (
      <Text size="xs" lineClamp={1} maw={160} title={runsAs(row)}>
        <Mono>{runsAs(row)}</Mono>
      </Text>
    ),
  },
  {
    ...{ id: 'tools', header: words.tools, align: 'right' },
    cell: (row) => <Figure>{row.tools === null ? '' : formatNumber(row.tools)}</Figure>,
  },
  {
    ...{ id: 'calls', header: words.calls, align: 'right' },
    cell: (row) => <ActivityCell id={row.id} of={(one) => formatRate(one.calls_per_minute)} />,
  },
  {
    ...{ id: 'p95', header: words.p95, align: 'right', hideBelow: 'sm' },
    cell: (row) => <ActivityCell id={row.id} of={p95Of} />,
  },
  { id: 'usage', header: words.usage, hideBelow: 'md', cell: (row) => <Usage id={row.id} /> },
  {
    ...{ id: 'restarts', header: words.restarts, align: 'right', hideBelow: 'md' },
    cell: (row) => <ActivityCell id={row.id} of={(one) => formatNumber(one.restarts)} />,
  },
  {
    ...{ id: 'created_at', header: words.age, sortable: true, align: 'right', hideBelow: 'sm' },
    cell: (row) => (
      <Figure>
        <RelativeTime at={row.created_at} />
      </Figure>
    ),
  },
];
