import { Anchor, Button, Grid, Group, Menu, Progress, Stack, Text, Title } from '@mantine/core';
import { IconChevronDown, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import {
  Actor,
  confirmDestructive,
  Elapsed,
  JsonView,
  notifyDone,
  notifyProblem,
  PageHeader,
  ProblemCard,
  Reason,
  RelativeTime,
  StatusBadge,
  useNeighbours,
} from '~/components';
import { Dag } from '~/components/lazy/dag';
import { useScreenKeys } from '~/shell/screen-keys';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { CompareWith } from './compare-with';
import { Deliveries } from './deliveries';
import { Gantt } from './gantt';
import { RerunForm } from './rerun-form';
import { isOver, ofDefinition, type Run, shortId, type Stage, stageToShow, wordsOf } from './run';
import { StagePanel } from './stage-panel';
import { text } from './text';
import { useRun } from './use-run';

export default function RunPage() {
  const { id } = useParams({ from: '/inside/runs/$id' });
  const { data: run, error, isPending, refetch, askSoon } = useRun(id);
  if (isPending) return <ScreenSkeleton />;
  if (run === undefined)
    return (
      <>
        <PageHeader title={text.run(shortId(id))} crumbs={[{ label: text.pipelines, to: '/pipelines' }]} />
        <ProblemCard problem={error} onRetry={() => void refetch()} />
      </>
    );
  return <Shown run={run} onChanged={askSoon} />;
}

function Shown({ run, onChanged }: { readonly run: Run; readonly onChanged: () => void }) {
  const { stage: picked } = useSearch({ from: '/inside/runs/$id' });
  const navigate = useNavigate({ from: '/runs/$id' });
  const pick = (stage: number): void => void navigate({ search: { stage }, replace: true });
  const shown = run.stages.find(({ stage }) => stage === picked) ?? stageToShow(run.stages);
  const graph = useGraph(run.stages);
  return (
    <>
      <Head run={run} stage={shown} onChanged={onChanged} />
      <Grid gap="md">
        <Grid.Col span={12}>
          <Dag
            label={text.graph}
            testId="run-dag"
            {...graph}
            selected={shown === undefined ? undefined : String(shown.stage)}
            onSelect={(id) => Number.isInteger(Number(id)) && pick(Number(id))}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Gantt run={run} selected={shown?.stage} onSelect={pick} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <StagePanel run={run} stage={shown} onDecided={onChanged} />
        </Grid.Col>
        <Grid.Col span={12} order={3}>
          <Deliveries runId={run.run_id} />
        </Grid.Col>
        <Grid.Col span={12} order={4}>
          <Title order={2} mb="xs">
            {text.given}
          </Title>
          <JsonView
            value={{ input: run.input, parameters: run.parameters }}
            label={text.given}
            testId="run-given"
            open={1}
          />
        </Grid.Col>
      </Grid>
    </>
  );
}

/** Compensations stand behind one another, after the stage that they begin with. */
function useGraph(stages: readonly Stage[]) {
  return useMemo(
    () => ({
      nodes: stages.map(({ stage, name, status, type }) => ({
        ...{ id: String(stage), label: name, status, detail: type },
      })),
      edges: stages.flatMap(({ stage, after, compensates }) => [
        ...after.map((from) => ({ from: String(from), to: String(stage) })),
        ...(compensates === null ? [] : [{ from: String(compensates), to: String(stage) }]),
      ]),
    }),
    [stages],
  );
}

interface HeadProps {
  readonly run: Run;
  readonly stage: Stage | undefined;
  readonly onChanged: () => void;
}

function Head({ run, stage, onChanged }: HeadProps) {
  const id = shortId(run.run_id);
  const error = wordsOf(run.error);
  return (
    <PageHeader
      title={text.title(run.pipeline_name, id)}
      heading={
        <Group gap="xs">
          {run.pipeline_name} <StatusBadge family="work" status={run.status} testId="run-status" />
        </Group>
      }
      crumbs={[
        { label: text.pipelines, to: '/pipelines' },
        { label: run.pipeline_name, to: `/pipelines/${run.pipeline_id}` },
        { label: text.run(id) },
      ]}
      actions={<Actions run={run} stage={stage} onChanged={onChanged} />}
      description={
        <Stack gap={4} aria-live="polite">
          <Facts run={run} />
          <Group gap="xs" wrap="nowrap" maw={420}>
            <Progress
              value={run.progress * 100}
              aria-label={text.progress(run.completed_stages.length, ofDefinition(run).length)}
              flex={1}
              size="sm"
              data-testid="run-progress"
            />
            <Text size="xs" c="dimmed" className="q-figures">
              {Math.round(run.progress * 100)} %
            </Text>
          </Group>
          {error !== undefined && <Text size="sm">{error.message}</Text>}
          {run.waiting_for !== null && <Reason text={`${text.waitsFor}: ${run.waiting_for}`} lines={2} />}
        </Stack>
      }
    />
  );
}

const Facts = ({ run }: { readonly run: Run }) => (
  <Group gap="xs" fz="xs" c="dimmed">
    <span>{text.version(run.version)}</span>
    <span>
      {text.startedBy} <Actor id={run.started_by} /> <RelativeTime at={run.created_at} />
    </span>
    {run.started_at !== null && (
      <span>
        {text.took} <Elapsed from={run.started_at} to={run.finished_at} />
      </span>
    )}
    {run.rerun_of !== null && (
      <span>
        {text.rerunOf}{' '}
        <Anchor component={Link} to={`/runs/${run.rerun_of}`} size="xs" data-testid="run-rerun-of">
          {shortId(run.rerun_of)}
        </Anchor>{' '}
        {run.rerun_from !== null && text.from(run.stages[run.rerun_from]?.name ?? '')}
      </span>
    )}
    {run.parent_run_id !== null && (
      <span>
        {text.inside}{' '}
        <Anchor component={Link} to={`/runs/${run.parent_run_id}`} size="xs">
          {text.run(shortId(run.parent_run_id))}
        </Anchor>
      </span>
    )}
  </Group>
);

function Actions({ run, stage, onChanged }: HeadProps) {
  const may = useMay('pipelines:execute');
  const navigate = useNavigate();
  const [editing, setEditing] = useState<{ from: number | undefined }>();
  const [comparing, setComparing] = useState(false);
  const rerun = api.useMutation('post', '/api/v1/runs/{id}/rerun', {
    onSuccess: ({ run_id: id }) => {
      notifyDone(text.rerunStarted);
      void navigate({ to: '/runs/$id', params: { id } });
    },
    onError: (error) => notifyProblem(error),
  });
  const cancel = api.useMutation('post', '/api/v1/runs/{id}/cancel');
  const params = { path: { id: run.run_id } };
  const again = (from?: number): void =>
    rerun.mutate({ params, body: from === undefined ? {} : { from_stage: String(from) } });
  const over = isOver(run);
  const isPlanned = stage !== undefined && stage.compensates === null;
  const edit = (): void => setEditing({ from: isPlanned ? stage.stage : undefined });
  useNeighbours(run.run_id);
  useScreenKeys(may && over ? { r: () => (rerun.isPending ? undefined : again()), e: edit } : {});
  const askToCancel = (): void =>
    confirmDestructive({
      title: text.cancelTitle,
      lists: text.cancelLists,
      confirmLabel: text.cancel,
      onConfirm: () =>
        cancel.mutateAsync({ params, body: {} }).then(() => {
          notifyDone(text.cancelled);
          onChanged();
        }),
    });
  return (
    <>
      <Button variant="default" onClick={() => setComparing(true)} data-testid="run-compare">
        {text.compare}
      </Button>
      {may && !over && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          onClick={askToCancel}
          data-testid="run-cancel"
        >
          {text.cancel}
        </Button>
      )}
      {may && over && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              loading={rerun.isPending}
              leftSection={<IconRefresh size={14} />}
              rightSection={<IconChevronDown size={14} />}
              data-testid="run-rerun"
            >
              {text.rerun}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => again()} data-testid="run-rerun-whole">
              {text.rerunWhole}
            </Menu.Item>
            {isPlanned && (
              <Menu.Item onClick={() => again(stage.stage)} data-testid="run-rerun-stage">
                {text.rerunFrom(stage.name)}
              </Menu.Item>
            )}
            <Menu.Item onClick={edit} data-testid="run-rerun-edit">
              {isPlanned ? text.editRerunFrom(stage.name) : text.editRerun}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {editing !== undefined && (
        <RerunForm run={run} from={editing.from} onClose={() => setEditing(undefined)} />
      )}
      {comparing && <CompareWith run={run} onClose={() => setComparing(false)} />}
    </>
  );
}
