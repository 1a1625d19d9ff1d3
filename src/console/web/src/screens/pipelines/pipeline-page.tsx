import { Button, Group, Stack, Tabs } from '@mantine/core';
import { IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { type components } from '~/api/schema.gen';
import {
  confirmDestructive,
  JsonView,
  notifyDone,
  PageHeader,
  ProblemCard,
  useNeighbours,
} from '~/components';
import { Dag } from '~/components/lazy/dag';
import { useScreenKeys } from '~/shell/screen-keys';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { draftOf, kindOf } from './draft';
import { ExecuteForm } from './execute-form';
import { removePipeline } from './loaded-pipeline';
import { RunsList } from './runs-list';
import { Schedules } from './schedules';
import { type PipelinesSearch } from './search';
import { text } from './text';
import { Versions } from './versions';

type Pipeline = components['schemas']['PipelineDto'];

export default function PipelinePage() {
  const { id } = useParams({ from: '/inside/pipelines/$id' });
  const { data, error, isPending, refetch } = api.useQuery('get', '/api/v1/pipelines/{id}', {
    params: { path: { id } },
  });
  if (isPending) return <ScreenSkeleton />;
  if (data === undefined)
    return (
      <>
        <PageHeader title={id} crumbs={[{ label: text.title, to: '/pipelines' }]} />
        <ProblemCard problem={error} onRetry={() => void refetch()} />
      </>
    );
  return <Shown pipeline={data} />;
}

function Shown({ pipeline }: { readonly pipeline: Pipeline }) {
  const { tab = 'runs', status, execute } = useSearch({ from: '/inside/pipelines/$id' });
  const navigate = useNavigate({ from: '/pipelines/$id' });
  const change = (search: PipelinesSearch): void => void navigate({ search, replace: true });
  return (
    <>
      <PageHeader
        title={pipeline.name}
        crumbs={[{ label: text.title, to: '/pipelines' }, { label: pipeline.name }]}
        description={`${text.facts(pipeline.version, pipeline.stages.length)}${
          pipeline.description === undefined || pipeline.description === ''
            ? ''
            : ` · ${pipeline.description}`
        }`}
        actions={<Actions pipeline={pipeline} onExecute={() => change({ tab, execute: true })} />}
      />
      <Tabs value={tab} onChange={(value) => change({ tab: value as never })} keepMounted={false}>
        <Tabs.List mb="md">
          {(['runs', 'stages', 'schedules', 'versions'] as const).map((one) => (
            <Tabs.Tab key={one} value={one} data-testid={`pipeline-${one}`}>
              {text.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="runs">
          <RunsList
            pipelineId={pipeline.id}
            status={status}
            onStatus={(next) => change({ tab, ...(next === undefined ? {} : { status: next as never }) })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="stages">
          <Stages pipeline={pipeline} />
        </Tabs.Panel>
        <Tabs.Panel value="schedules">
          <Schedules pipeline={pipeline} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions pipeline={pipeline} />
        </Tabs.Panel>
      </Tabs>
      {execute === true && <ExecuteForm pipeline={pipeline} onClose={() => change({ tab })} />}
    </>
  );
}

function Actions(props: { readonly pipeline: Pipeline; readonly onExecute: () => void }) {
  const { pipeline, onExecute } = props;
  const [mayExecute, mayUpdate, mayDelete] = [
    useMay('pipelines:execute'),
    useMay('pipelines:update'),
    useMay('pipelines:delete'),
  ];
  const navigate = useNavigate();
  const cache = useQueryClient();
  useNeighbours(pipeline.id);
  useScreenKeys({
    ...(mayUpdate
      ? { e: () => void navigate({ to: '/pipelines/$id/edit', params: { id: pipeline.id } }) }
      : {}),
    ...(mayExecute ? { r: onExecute } : {}),
  });
  const ask = (): void =>
    confirmDestructive({
      title: text.deleteTitle(pipeline.name),
      lists: text.deleteLists,
      typeName: pipeline.name,
      confirmLabel: text.delete,
      onConfirm: () =>
        removePipeline(pipeline.id).then(() => {
          notifyDone(text.deleted(pipeline.name));
          void cache.invalidateQueries({ queryKey: ['pipelines'] });
          void navigate({ to: '/pipelines' });
        }),
    });
  return (
    <Group gap="xs">
      {mayDelete && (
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          onClick={ask}
          data-testid="pipeline-delete"
        >
          {text.delete}
        </Button>
      )}
      {mayUpdate && (
        <Button
          variant="default"
          leftSection={<IconPencil size={14} />}
          component={Link}
          to={`/pipelines/${pipeline.id}/edit`}
          data-testid="pipeline-edit"
        >
          {text.edit}
        </Button>
      )}
      {mayExecute && (
        <Button leftSection={<IconPlayerPlay size={14} />} onClick={onExecute} data-testid="pipeline-execute">
          {text.execute}
        </Button>
      )}
    </Group>
  );
}

function Stages({ pipeline }: { readonly pipeline: Pipeline }) {
  const graph = useMemo(() => {
    const { stages, dependencies } = draftOf(pipeline);
    return {
      nodes: stages.map((stage, at) => ({
        ...{ id: String(at), label: stage.name, detail: stage.type ?? kindOf(stage) },
      })),
      edges: dependencies.map(({ from, to }) => ({ from: String(from), to: String(to) })),
    };
  }, [pipeline]);
  return (
    <Stack gap="md">
      <Dag label={text.graph} {...graph} testId="pipeline-dag" />
      <JsonView value={draftOf(pipeline)} label={pipeline.name} open={1} />
    </Stack>
  );
}
