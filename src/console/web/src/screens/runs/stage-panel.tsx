import { Alert, Anchor, Button, Card, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { CopyButton, Elapsed, JsonView, Mono, ProblemCard, StatusBadge, useNow } from '~/components';
import { Approval } from './approval';
import { Attempts } from './attempts';
import { type Run, type Stage, wordsOf } from './run';
import { StageLog } from './stage-log';
import { text } from './text';

const words = text.stage;

interface StagePanelProps {
  readonly run: Run;
  readonly stage: Stage | undefined;
  readonly onDecided: () => void;
}

/** Everything about one stage: how it stands, why, what it was given and gave, and what was said meanwhile. */
export function StagePanel({ run, stage, onDecided }: StagePanelProps) {
  if (stage === undefined)
    return (
      <Card>
        <Text c="dimmed">{words.pick}</Text>
      </Card>
    );
  return (
    <Card component="section" aria-label={stage.name} data-testid="run-stage" data-stage={stage.name}>
      <Stack gap="sm">
        <Head stage={stage} />
        {stage.status === 'waiting_approval' && <Approval run={run} stage={stage} onDecided={onDecided} />}
        <Trouble stage={stage} />
        <Details run={run} stage={stage} />
      </Stack>
    </Card>
  );
}

const Head = ({ stage }: { readonly stage: Stage }) => (
  <Stack gap={4}>
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Title order={2} style={{ overflowWrap: 'anywhere' }} data-testid="run-stage-name">
        {stage.name}
      </Title>
      <StatusBadge family="work" status={stage.status} testId="run-stage-status" />
    </Group>
    <Group gap="xs" c="dimmed" fz="xs">
      <span>{words.kinds[stage.kind] ?? stage.kind}</span>
      <Mono>{stage.type}</Mono>
      {stage.attempts.length > 0 && <span>{words.attempt(stage.attempts.length, stage.max_attempts)}</span>}
      {stage.started_at !== null && stage.reused_from === null && (
        <span>
          {text.took} <Elapsed from={stage.started_at} to={stage.finished_at} />
        </span>
      )}
      {stage.compensates !== null && <span>{words.undoes}</span>}
      {stage.reused_from !== null && <span data-testid="run-stage-reused">{words.reused}</span>}
    </Group>
    {stage.approval !== null && <Decision approval={stage.approval} />}
  </Stack>
);

function Decision({ approval }: { readonly approval: Readonly<Record<string, unknown>> }) {
  const { decision, decided_by: who, comment } = approval;
  return (
    <Text size="sm">
      {text.approval.decided(String(decision), String(who))}
      {typeof comment === 'string' && comment !== '' && `: ${comment}`}
    </Text>
  );
}

/** Why it failed or was skipped, and when it is tried again. */
function Trouble({ stage }: { readonly stage: Stage }) {
  const error = wordsOf(stage.error);
  if (stage.status === 'skipped')
    return (
      <Text size="sm" c="dimmed">
        {words.skipped}: {stage.reason}
      </Text>
    );
  if (error === undefined || stage.status === 'completed') return null;
  return (
    <Alert
      color={stage.status === 'retrying' ? 'yellow' : 'red'}
      title={<Mono>{error.code}</Mono>}
      data-testid="run-stage-error"
    >
      <Text size="sm">{error.message}</Text>
      {stage.status === 'retrying' && <Countdown stage={stage} />}
    </Alert>
  );
}

function Countdown({ stage }: { readonly stage: Stage }) {
  const now = useNow();
  const next = Math.min(stage.attempts.length + 1, stage.max_attempts);
  const seconds = stage.due_at === null ? 0 : Math.ceil((Date.parse(stage.due_at) - now) / 1_000);
  return (
    <Text size="sm" fw={600} mt={4} data-testid="run-stage-retry">
      {seconds > 0
        ? words.retryIn(seconds, next, stage.max_attempts)
        : words.retryNow(next, stage.max_attempts)}
    </Text>
  );
}

function Details({ run, stage }: { readonly run: Run; readonly stage: Stage }) {
  const task = stage.task_ids.at(-1);
  const first = task === undefined ? 'output' : 'logs';
  return (
    <Tabs defaultValue={first} key={`${stage.stage} ${first}`} keepMounted={false}>
      <Tabs.List>
        {task !== undefined && <Tabs.Tab value="logs">{words.logs}</Tabs.Tab>}
        <Tabs.Tab value="input">{words.input}</Tabs.Tab>
        <Tabs.Tab value="output" data-testid="run-stage-output-tab">
          {words.output}
        </Tabs.Tab>
        <Tabs.Tab value="attempts">{words.attempts}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="logs" pt="sm">
        {task !== undefined && <StageLog taskId={task} isOver={stage.finished_at !== null} />}
      </Tabs.Panel>
      <Tabs.Panel value="input" pt="sm">
        <Document run={run} stage={stage} what="input" />
      </Tabs.Panel>
      <Tabs.Panel value="output" pt="sm">
        <Document run={run} stage={stage} what="output" />
      </Tabs.Panel>
      <Tabs.Panel value="attempts" pt="sm">
        <Attempts stage={stage} />
        {task !== undefined && (
          <Group gap={4} mt="xs">
            <Anchor component={Link} to={`/tasks/${task}`} size="sm">
              {words.task}
            </Anchor>
            <Mono>{task}</Mono>
            <CopyButton value={task} label={words.task} />
          </Group>
        )}
      </Tabs.Panel>
    </Tabs>
  );
}

interface DocumentProps {
  readonly run: Run;
  readonly stage: Stage;
  readonly what: 'input' | 'output';
}

/** What was left out of the whole run is read by itself, when somebody wants it. */
function Document({ run, stage, what }: DocumentProps) {
  const whole = api.useQuery(
    'get',
    '/api/v1/runs/{id}/stages/{stage}',
    { params: { path: { id: run.run_id, stage: String(stage.stage) } } },
    { enabled: false },
  );
  if (whole.error !== null) return <ProblemCard problem={whole.error} onRetry={() => void whole.refetch()} />;
  if (stage.is_cut && whole.data === undefined)
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{words.cut}</Text>
        <Button size="xs" variant="default" loading={whole.isFetching} onClick={() => void whole.refetch()}>
          {words.showAll}
        </Button>
      </Stack>
    );
  const value: unknown = (stage.is_cut ? whole.data : stage)?.[what];
  if (value === null || value === undefined)
    return (
      <Text size="sm" c="dimmed">
        {words.nothing}
      </Text>
    );
  return <JsonView value={value} label={words[what]} testId={`run-stage-${what}`} />;
}
