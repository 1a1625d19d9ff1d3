import { Alert, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled, IconXboxXFilled } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { fetchText } from '~/api/streams';
import { CodeBlock, ProblemCard, Reason } from '~/components';
import { useTopic } from '~/live/live';
import { InstallLink } from '../links';
import { text } from '../text';
import { type Step, stepsOf } from './steps';

type Instance = components['schemas']['InstanceDto'];
const words = text.steps;
/** Frames come first; this is for when the socket is away. */
const ASK_AGAIN_MS = 1_000;
const OVER = new Set(['running', 'degraded', 'failed', 'stopped', 'deleted']);

/** How a new instance comes up, step by step, with seconds and the last thing it said. */
export function StartSteps({ name }: { readonly name: string }) {
  const cache = useQueryClient();
  useTopic(
    'instances',
    useCallback(
      () => void cache.invalidateQueries({ queryKey: ['get', '/api/v1/mcp/instances/{id}'] }),
      [cache],
    ),
  );
  const path = { params: { path: { id: name } } };
  const instance = api.useQuery('get', '/api/v1/mcp/instances/{id}', path, {
    refetchInterval: ({ state }) => (OVER.has(state.data?.status ?? '') ? false : ASK_AGAIN_MS),
  });
  const status = instance.data?.status ?? 'requested';
  const history = api.useQuery('get', '/api/v1/mcp/instances/{id}/events', path, {
    refetchInterval: OVER.has(status) ? false : ASK_AGAIN_MS,
  });
  const { refetch } = history;
  // The last phase ends the asking, and its own event comes with it.
  useEffect(() => void refetch(), [status, refetch]);
  if (instance.isError)
    return <ProblemCard problem={instance.error} onRetry={() => void instance.refetch()} />;
  const steps = stepsOf(status, history.data?.events ?? []);
  return (
    <Paper withBorder p="md" data-testid="install-steps" data-status={status}>
      <Stack gap="xs">
        <Title order={2} size="h4">
          {words.title(name)}
        </Title>
        {steps.map((step) => (
          <StepLine key={step.phase} step={step} />
        ))}
        <Reason text={instance.data?.reason} lines={3} />
        {status === 'failed' && <Failed />}
        {status !== 'running' && <LastLine name={name} />}
        <Group gap="xs">
          <InstallLink
            variant={status === 'running' ? 'default' : 'filled'}
            to="/instances/$name"
            params={{ name }}
            search={status === 'failed' ? ({ tab: 'diagnose' } as never) : undefined}
            data-testid="install-open"
          >
            {status === 'failed' ? words.diagnose : text.form.open}
          </InstallLink>
          {isUp(instance.data) && (
            <InstallLink
              to="/connect"
              search={{ target: `instance:${name}` } as never}
              data-testid="install-connect"
            >
              {text.form.connect}
            </InstallLink>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

const isUp = (instance: Instance | undefined): boolean => instance?.status === 'running';
const Failed = () => (
  <Alert color="red" variant="light" role="status">
    {words.failed}
  </Alert>
);

const StepLine = ({ step: { phase, state, seconds } }: { readonly step: Step }) => (
  <Group gap="xs" data-testid={`install-step-${phase}`} data-state={state}>
    {state === 'now' && <Loader size={14} aria-hidden />}
    {state === 'done' && <IconCircleCheckFilled size={14} color="var(--q-good-text)" aria-hidden />}
    {state === 'failed' && <IconXboxXFilled size={14} color="var(--q-bad-text)" aria-hidden />}
    {state === 'ahead' && <IconCircle size={14} color="var(--q-muted)" aria-hidden />}
    <Text size="sm" c={state === 'ahead' ? 'dimmed' : undefined}>
      {words[phase]}
    </Text>
    {seconds !== undefined && (
      <Text size="xs" c="dimmed">
        {words.seconds(seconds)}
      </Text>
    )}
  </Group>
);

function LastLine({ name }: { readonly name: string }) {
  const { data } = useQuery({
    queryKey: ['install-last-line', name],
    queryFn: ({ signal }) =>
      fetchText(`/api/v1/mcp/instances/${encodeURIComponent(name)}/logs?tail=3`, signal),
    refetchInterval: 2 * ASK_AGAIN_MS,
    retry: false,
  });
  const line = (data ?? '').trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? null : <CodeBlock code={line} label={words.output} maxLines={3} />;
}
