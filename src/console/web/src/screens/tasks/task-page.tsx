import { Button, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import {
  confirmDestructive,
  CopyButton,
  JsonView,
  Notice,
  notifyDone,
  notifyProblem,
  PageHeader,
  ProblemCard,
  StatusBadge,
  useNeighbours,
} from '~/components';
import { formatPercent } from '~/design/format';
import { useTopic } from '~/live/live';
import { useSoon } from '~/live/use-live-pages';
import { type Task } from './task';
import { TaskAttempts } from './task-attempts';
import { TaskFacts } from './task-facts';
import { TaskLog } from './task-log';
import { text } from './text';

const route = getRouteApi('/inside/tasks/$id');
/** Log lines are told by no event: what runs is read again. */
const REFETCH_MS = 2_000;
const WHOLE = 100;
const OVER: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
const words = text.detail;
const CRUMBS = [{ label: text.title, to: '/tasks' }];

export default function TaskPage() {
  const { id } = route.useParams();
  const query = api.useQuery(
    'get',
    '/api/v1/tasks/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (OVER.has(state.data?.status ?? '') ? false : REFETCH_MS) },
  );
  const again = useSoon(() => void query.refetch());
  useTopic('tasks', (frames) => {
    if (frames.some((frame) => frame['task_id'] === id)) again();
  });
  useNeighbours(id);
  if (query.data === undefined)
    return (
      <>
        <PageHeader title={text.title} crumbs={CRUMBS} />
        {query.error === null ? (
          <Skeleton height={240} />
        ) : (
          <ProblemCard problem={query.error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  return <Shown task={query.data} />;
}

function Shown({ task }: { readonly task: Task }) {
  return (
    <>
      <PageHeader
        title={task.type}
        crumbs={CRUMBS}
        description={
          <Group gap={8} aria-live="polite">
            <StatusBadge family="work" status={task.status} testId="task-status" />
            <Text size="sm" c="dimmed">
              {task.progress_message}
            </Text>
            <CopyButton value={task.task_id} label={task.task_id} />
          </Group>
        }
        actions={<Actions task={task} />}
      />
      <Stack gap="md">
        <Why task={task} />
        {task.status === 'running' && <Running progress={task.progress} type={task.type} />}
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <TaskFacts task={task} />
          <Card>
            <TaskAttempts attempts={task.attempts} />
          </Card>
        </SimpleGrid>
        <TaskLog logs={task.logs} />
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Document label={words.payload} value={task.payload} />
          <Document label={words.result} value={task.result} />
        </SimpleGrid>
      </Stack>
    </>
  );
}

const Running = ({ progress, type }: { readonly progress: number; readonly type: string }) => (
  <Group gap="sm">
    <Progress value={progress * WHOLE} flex={1} size={8} aria-label={text.progressOf(type)} />
    <Text size="sm" className="q-figures">
      {formatPercent(progress)}
    </Text>
  </Group>
);

/** One sentence of why it is as it is, before everything else. */
function Why({ task }: { readonly task: Task }) {
  const {
    waiting_for: waits,
    error,
    dead_reason: dead,
    cancel_requested_at: asked,
    cancel_reason: reason,
  } = task;
  return (
    <>
      {waits !== null && (
        <Notice tone="warn" title={words.waits} testId="task-waits">
          {waits}
        </Notice>
      )}
      {asked !== null && !OVER.has(task.status) && (
        <Notice tone="warn" title={words.cancelling}>
          {reason}
        </Notice>
      )}
      {error !== null && (
        <Notice
          tone="bad"
          title={`${dead === null ? words.error : words.dead}: ${error.code}`}
          testId="task-error"
        >
          {error.message} {dead === null ? '' : (text.deadReasons[dead] ?? dead)}
        </Notice>
      )}
    </>
  );
}

const Document = ({ label, value }: { readonly label: string; readonly value: unknown }) => (
  <Card>
    <Title order={2} mb={8}>
      {label}
    </Title>
    {value === null || value === undefined ? (
      <Text size="sm" c="dimmed">
        {words.noResult}
      </Text>
    ) : (
      <JsonView value={value} label={label} />
    )}
  </Card>
);

function Actions({ task }: { readonly task: Task }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [mayCancel, mayRetry] = [useMay('tasks:cancel'), useMay('tasks:retry')];
  const params = { path: { id: task.task_id } };
  const canRetry =
    (task.status === 'failed' || task.status === 'cancelled') &&
    task.retried_as === null &&
    task.run_id === null;
  const cancel = async (): Promise<void> => {
    const { error } = await rest.POST('/api/v1/tasks/{id}/cancel', { params, body: {} });
    if (error !== undefined) throw toProblem(error);
    notifyDone(text.cancel.done);
    await client.invalidateQueries();
  };
  const retry = async (): Promise<void> => {
    const { data, error } = await rest.POST('/api/v1/tasks/{id}/retry', { params, body: {} });
    if (error !== undefined) {
      notifyProblem(toProblem(error));
      return;
    }
    notifyDone(text.retry.done(1));
    await client.invalidateQueries();
    await navigate({ to: '/tasks/$id', params: { id: data.task_id } });
  };
  const ask = (): void =>
    confirmDestructive({
      ...{ title: text.cancel.title, confirmLabel: text.cancel.label, onConfirm: cancel },
      lists: task.status === 'running' ? text.cancel.lists : [],
    });
  return (
    <>
      {mayCancel && !OVER.has(task.status) && (
        <Button variant="default" onClick={ask} data-testid="task-cancel">
          {text.cancel.label}
        </Button>
      )}
      {mayRetry && canRetry && (
        <Button onClick={() => void retry()} data-testid="task-retry">
          {text.retry.one}
        </Button>
      )}
    </>
  );
}
