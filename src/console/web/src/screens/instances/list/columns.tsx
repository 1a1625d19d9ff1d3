import { type ReactNode } from 'react';
import { type Column, Mono, Reason, RelativeTime, RowLink, Sparkline, StatusBadge } from '~/components';
import { formatBytes, formatDuration, formatNumber, formatPercent, formatRate } from '~/design/format';
import { useActivity } from '../data/activity-board';
import { type Instance, type InstanceActivity } from '../data/instance';
import { text } from '../text';
import classes from './columns.module.css';
import { Labels } from './labels';
import { Watched } from './watched';

/** A row is not to grow by all that sixteen need. */
const LABELS_SHOWN = 3;

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
    <RowLink to={`/instances/${row.name}`} testId="instances-name">
      {row.name}
    </RowLink>
    {row.replicas > 1 && (
      <span className={classes.replicas} data-testid="instances-replicas">
        {text.replicas(row.replicas)}
      </span>
    )}
    <Reason text={row.description} />
    <Labels of={row.labels} most={LABELS_SHOWN} />
  </Watched>
);

export const Status = ({ row }: { readonly row: Instance }) => (
  <div className={classes.status}>
    <StatusBadge family="instance" status={row.status} testId="instances-status" />
    <Reason text={reasonOf(row)} lines={2} />
    {row.next_attempt_at !== null && row.status !== 'running' && (
      <span className={classes.small}>
        {text.nextAttempt} <RelativeTime at={row.next_attempt_at} />
      </span>
    )}
  </div>
);

const Figure = ({ children }: { readonly children: ReactNode }) => (
  <span className={classes.figure}>{children}</span>
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
    <div className={classes.usage} title={`${cpu}, ${memory}`}>
      <div>
        <Sparkline values={usage.map((one) => one.cpu_percent)} label={cpu} width={56} height={16} />
        <span className={classes.small}>{formatPercent(last.cpu_percent / 100)}</span>
      </div>
      <div>
        <Sparkline values={usage.map((one) => one.memory_bytes)} label={memory} width={56} height={16} />
        <span className={classes.small}>{formatBytes(last.memory_bytes)}</span>
      </div>
    </div>
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
    cell: (row) =>
      templates.get(row.server_spec_id ?? '') ?? <span className={classes.small}>{text.noTemplate}</span>,
  },
  {
    ...{ id: 'runs', header: words.runs, hideBelow: 'md' },
    cell: (row) => (
      <div className={classes.runs} title={runsAs(row)}>
        <Mono>{runsAs(row)}</Mono>
      </div>
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
