import { Card, List, Skeleton, Text, Title } from '@mantine/core';
import { api } from '~/api/client';
import { Mono, ProblemCard } from '~/components';
import { text } from '../detail-text';
import { type PanelProps } from '../detail/panel';
import { type Drift, driftOf } from './drift';

const words = text.config;

/** Where it is another than its template would make it today. */
export function DriftCard({ instance }: PanelProps) {
  return (
    <Card>
      <Title order={2} mb="sm">
        {words.drift}
      </Title>
      {instance.server_spec_id === null ? (
        <Text c="dimmed">{words.noTemplate}</Text>
      ) : (
        <Differences instance={instance} id={instance.server_spec_id} />
      )}
    </Card>
  );
}

function Differences({ instance, id }: PanelProps & { readonly id: string }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/mcp/servers/{id}', {
    params: { path: { id } },
  });
  if (data === undefined) {
    return error === null ? (
      <Skeleton height={40} />
    ) : (
      <ProblemCard problem={error} onRetry={() => void refetch()} />
    );
  }
  const found = driftOf(instance, data);
  if (found.length === 0) return <Text c="dimmed">{words.noDrift}</Text>;
  return (
    <List size="sm" data-testid="instance-drift">
      {found.map((drift) => (
        <List.Item key={`${drift.kind} ${drift.name ?? ''}`}>
          <Difference drift={drift} />
        </List.Item>
      ))}
    </List>
  );
}

const Difference = ({ drift: { kind, name, template, here } }: { readonly drift: Drift }) => (
  <>
    {words.driftKinds[kind]}
    {name !== undefined && (
      <>
        : <Mono>{name}</Mono>
      </>
    )}
    {template !== undefined && (
      <>
        : <Mono>{template}</Mono> ({words.template}){' '}
        {here !== undefined && (
          <>
            · <Mono>{here}</Mono> ({words.here})
          </>
        )}
      </>
    )}
  </>
);
