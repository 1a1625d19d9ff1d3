import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { api } from '~/api/client';
import { Duration, Mono, RelativeTime, StatusBadge } from '~/components';
import { formatNumber } from '~/design/format';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { runsAs } from '../list/columns';
import { Labels } from '../list/labels';
import classes from './detail.module.css';
import { type PanelProps } from './panel';

const REFRESH_MS = 10_000;
const words = text.overview;

/** A name and what there is to say of it; left out where there is nothing. */
type Fact = readonly [name: string, value: ReactNode];

const isSaid = ([, value]: Fact): boolean => value !== null && value !== undefined && value !== '';

export function Facts({ instance }: PanelProps) {
  const facts = [...useGatewayFacts(instance), ...recordFacts(instance)].filter(isSaid);
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <Line key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

const Line = ({ name, value }: { readonly name: string; readonly value: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </>
);

/** What the gateway itself meets when it calls the instance. */
function useGatewayFacts({ id }: Instance): readonly Fact[] {
  const { data } = api.useQuery('get', '/api/v1/mcp/servers/status', {}, { refetchInterval: REFRESH_MS });
  const seen = data?.servers.find(({ instance_id: one }) => one === id);
  if (seen === undefined) return [];
  return [
    [
      words.circuit,
      <>
        <StatusBadge family="circuit" status={seen.circuit} testId="instance-circuit" />{' '}
        {words.circuits[seen.circuit]}
      </>,
    ],
    [words.connected, seen.connected ? words.isConnected : words.notConnected],
    [words.lastFailure, seen.last_failure],
    [words.token, seen.token === undefined ? null : <RelativeTime at={seen.token.expires_at} />],
  ];
}

const recordFacts = (one: Instance): readonly Fact[] => [
  [words.era, one.era === null ? words.unknown : words.eras[one.era]],
  [words.tools, one.tools === null ? words.unknown : formatNumber(one.tools)],
  [words.latency, one.latency_ms === null ? words.unknown : <Duration ms={one.latency_ms} />],
  [words.checked, one.last_checked_at === null ? words.unknown : <RelativeTime at={one.last_checked_at} />],
  [runsAsWord(one), <Mono key="runs">{runsAs(one)}</Mono>],
  [words.generation, formatNumber(one.generation)],
  [words.replicas, <Replicas key="replicas" instance={one} />],
  [words.template, one.server_spec_id === null ? null : <Template id={one.server_spec_id} />],
  [words.secrets, [one.secret_delivery, one.secret_delivery_reason].filter(Boolean).join(': ')],
  [words.labels, Object.keys(one.labels).length === 0 ? null : <Labels key="labels" of={one.labels} />],
  [words.created, <RelativeTime key="created" at={one.created_at} />],
];

const runsAsWord = ({ json_spec: { type } }: Instance): string =>
  ({ docker: words.image, url: words.address, stdio: words.program })[type];

const Replicas = ({ instance: { name, replicas, json_spec: spec } }: PanelProps) => (
  <>
    {formatNumber(replicas)}{' '}
    {spec.type !== 'url' && (
      <Anchor
        component={Link}
        to={`/instances/${name}`}
        search={{ tab: 'config' } as never}
        size="sm"
        data-testid="instance-replicas-change"
      >
        {words.scale}
      </Anchor>
    )}
  </>
);

function Template({ id }: { readonly id: string }) {
  const { data } = api.useQuery('get', '/api/v1/mcp/servers/{id}', { params: { path: { id } } });
  return (
    <Anchor component={Link} to={`/catalog/${id}`}>
      {data?.name ?? id}
    </Anchor>
  );
}
