import { Anchor, Button, Card, Grid, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { type Column, Mono, PageHeader, ProblemCard, ResourceTable, StatusBadge } from '~/components';
import { formatAbsolute, formatDuration } from '~/design/format';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { shortId } from './run';
import { text } from './text';

type Comparison = components['schemas']['ComparisonDto'];
type ComparedStage = components['schemas']['ComparedStageDto'];
type Difference = components['schemas']['DifferenceDto'];
const words = text.compared;
const LOADED = { isPending: false, error: null };

export default function ComparePage() {
  const { id, other } = useParams({ from: '/inside/runs/$id/compare/$other' });
  const { data, error, isPending, refetch } = api.useQuery('get', '/api/v1/runs/{id}/compare/{other}', {
    params: { path: { id, other } },
  });
  if (isPending) return <ScreenSkeleton />;
  return (
    <>
      <PageHeader
        title={words.title}
        crumbs={[
          { label: text.pipelines, to: '/pipelines' },
          ...(data === undefined
            ? []
            : [{ label: data.a.pipeline_name, to: `/pipelines/${data.a.pipeline_id}` }]),
          { label: text.run(shortId(id)), to: `/runs/${id}` },
          { label: words.title },
        ]}
        actions={
          <Button variant="default" component={Link} to={`/runs/${other}/compare/${id}`}>
            {words.swap}
          </Button>
        }
      />
      {data === undefined ? (
        <ProblemCard problem={error} onRetry={() => void refetch()} />
      ) : (
        <Comparing comparison={data} />
      )}
    </>
  );
}

const Comparing = ({ comparison }: { readonly comparison: Comparison }) => (
  <Stack gap="md" data-testid="compare">
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Side title={words.a} run={comparison.a} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Side title={words.b} run={comparison.b} />
      </Grid.Col>
    </Grid>
    <ResourceTable
      label={words.label}
      testId="compare-stages"
      columns={COLUMNS}
      rows={comparison.stages}
      rowId={({ name }) => name}
      query={LOADED}
      empty={null}
    />
    <Differences title={words.inputOf} differences={comparison.input} />
    <Differences title={words.parametersOf} differences={comparison.parameters} />
    {comparison.stages.map((stage) => (
      <Differences key={stage.name} title={`${words.outputOf}: ${stage.name}`} differences={stage.output} />
    ))}
  </Stack>
);

const Side = ({ title, run }: { readonly title: string; readonly run: Comparison['a'] }) => (
  <Card>
    <Group gap="xs">
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Anchor component={Link} to={`/runs/${run.run_id}`}>
        <Mono>{shortId(run.run_id)}</Mono>
      </Anchor>
      <StatusBadge family="work" status={run.status} />
      <Text size="xs" c="dimmed">
        {formatAbsolute(run.created_at)}
      </Text>
    </Group>
  </Card>
);

const side = (of: ComparedStage['a']) =>
  of === null ? (
    <Text size="xs" c="dimmed">
      {words.missing}
    </Text>
  ) : (
    <Group gap={6}>
      <StatusBadge family="work" status={of.status} />
      <span className="q-figures">{of.duration_ms === null ? '' : formatDuration(of.duration_ms)}</span>
    </Group>
  );

const differs = ({ input, output, is_cut: isCut }: ComparedStage): string => {
  const found = [
    ...(input.length > 0 ? [words.input(input.length)] : []),
    ...(output.length > 0 ? [words.output(output.length)] : []),
    ...(isCut ? [words.cut] : []),
  ];
  return found.length === 0 ? words.same : found.join(', ');
};

const COLUMNS: readonly Column<ComparedStage>[] = [
  { id: 'stage', header: words.stage, cell: ({ name }) => name },
  { id: 'a', header: words.a, cell: ({ a }) => side(a) },
  { id: 'b', header: words.b, cell: ({ b }) => side(b) },
  { id: 'differs', header: words.differs, hideBelow: 'sm', cell: differs },
];

function Differences(props: { readonly title: string; readonly differences: readonly Difference[] }) {
  const { title, differences } = props;
  if (differences.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>{title}</Title>
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.place}</Table.Th>
            <Table.Th>{words.a}</Table.Th>
            <Table.Th>{words.b}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {differences.map(({ pointer, a, b }) => (
            <Table.Tr key={pointer}>
              <Table.Td>
                <Mono>{pointer === '' ? '/' : pointer}</Mono>
              </Table.Td>
              <Value value={a} />
              <Value value={b} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

const Value = ({ value }: { readonly value: unknown }) => (
  <Table.Td style={{ overflowWrap: 'anywhere' }}>
    {value === undefined ? (
      <Text size="xs" c="dimmed">
        {words.absent}
      </Text>
    ) : (
      <Mono>{JSON.stringify(value)}</Mono>
    )}
  </Table.Td>
);
