import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  Actor,
  type Column,
  EmptyState,
  followOperation,
  ProblemCard,
  RelativeTime,
  ResourceTable,
} from '~/components';
import { DiffView } from '~/components/lazy/diff-view';
import { text } from '../detail-text';
import { type PanelProps } from '../detail/panel';
import { specText } from './merge-patch';

type Generation = components['schemas']['GenerationDto'];

const words = text.config;
const LIMIT = 50;

const COLUMNS: readonly Column<Generation>[] = [
  {
    ...{ id: 'generation', header: words.generation },
    cell: ({ generation, current }) => (
      <>
        {generation}
        {current && (
          <Text span size="xs" c="dimmed">
            {' '}
            {words.current}
          </Text>
        )}
      </>
    ),
  },
  { id: 'cause', header: words.cause, cell: ({ cause }) => cause },
  { id: 'when', header: words.when, cell: ({ at }) => <RelativeTime at={at} /> },
  { id: 'who', header: words.who, hideBelow: 'sm', cell: ({ actor }) => <Actor id={actor} /> },
];

/** Every specification that a container was made for; one of them can be looked at and wanted again. */
export function Generations({ instance }: PanelProps) {
  const { generation: chosen } = useSearch({ from: '/inside/instances/$name' });
  const navigate = useNavigate({ from: '/instances/$name' });
  const query = api.useQuery('get', '/api/v1/mcp/instances/{id}/generations', {
    params: { path: { id: instance.id }, query: { limit: LIMIT } },
  });
  const { refetch } = query;
  useEffect(() => void refetch(), [instance.generation, refetch]);
  const rows = query.data?.generations ?? [];
  const former = rows.find(({ generation, current }) => generation === chosen && !current);
  const choose = (generation: number | undefined): void =>
    void navigate({
      search: { tab: 'config', ...(generation === undefined ? {} : { generation }) },
      replace: true,
      resetScroll: false,
    });
  return (
    <Card>
      <Title order={2} mb="sm">
        {words.generations}
      </Title>
      <Stack gap="sm">
        <ResourceTable
          label={words.generations}
          testId="instance-generations"
          columns={[...COLUMNS, compareColumn(choose)]}
          rows={rows}
          rowId={({ generation }) => String(generation)}
          query={query}
          empty={<EmptyState title={words.generations} text={words.noGenerations} />}
          card={(row) => <GenerationCard row={row} onChoose={choose} />}
        />
        {former !== undefined && (
          <RollBack
            key={former.generation}
            instance={instance}
            former={former}
            onEnd={() => choose(undefined)}
          />
        )}
      </Stack>
    </Card>
  );
}

const compareColumn = (choose: (generation: number) => void): Column<Generation> => ({
  ...{ id: 'compare', header: words.compare, align: 'right' },
  cell: (row) => <CompareButton row={row} onChoose={choose} />,
});

interface ChoiceProps {
  readonly row: Generation;
  readonly onChoose: (generation: number) => void;
}

const CompareButton = ({ row: { current, generation }, onChoose }: ChoiceProps) =>
  current ? null : (
    <Button
      size="compact-xs"
      variant="default"
      onClick={() => onChoose(generation)}
      data-testid="instance-compare"
    >
      {words.compare}
    </Button>
  );

const GenerationCard = ({ row, onChoose }: ChoiceProps) => (
  <Group justify="space-between">
    <Text size="sm">
      {row.generation} · {row.cause} · <RelativeTime at={row.at} />
    </Text>
    <CompareButton row={row} onChoose={onChoose} />
  </Group>
);

interface RollBackProps extends PanelProps {
  readonly former: Generation;
  readonly onEnd: () => void;
}

/** What would change stands above the button that changes it. */
function RollBack({ instance, former, onEnd }: RollBackProps) {
  const may = useMay('instances:update');
  const run = api.useMutation('post', '/api/v1/mcp/instances/{id}/rollback');
  const { generation } = former;
  const before = specText({ ...instance.json_spec, replicas: instance.replicas });
  const after = specText({ ...former.json_spec, replicas: former.replicas });
  const rollBack = (): void =>
    run.mutate(
      { params: { path: { id: instance.id } }, body: { generation } },
      {
        onSuccess: ({ operation_id: operation }) => {
          onEnd();
          if (operation !== undefined) followOperation(operation, rolling(instance.name));
        },
      },
    );
  return (
    <Stack gap="sm" data-testid="instance-rollback-review">
      <Text fw={500}>{before === after ? words.same : words.diffTo(generation)}</Text>
      {before !== after && <DiffView before={before} after={after} label={words.diffTo(generation)} />}
      {run.error !== null && <ProblemCard problem={run.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onEnd}>
          {words.cancel}
        </Button>
        {may && (
          <Button
            disabled={before === after}
            loading={run.isPending}
            onClick={rollBack}
            data-testid="instance-rollback"
          >
            {words.rollBack(generation)}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

const rolling = (name: string) => ({
  busy: `${words.rolling} ${name}`,
  done: `${name} ${words.rolled}`,
  failed: `${name} ${words.notRolled}`,
});
