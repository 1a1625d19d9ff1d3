import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { PageHeader } from '~/components';
import { Outside } from './outside';
import { isDone, type Progress, progressOf } from './progress';
import { Steps } from './steps';
import { text } from './text';

const words = text.steps;
/** This page stands outside of the frame, where the socket is; it is open for minutes, once. */
const LOOK_EVERY_MS = 2_000;
const INSTANCES_MAX = 50;

export function GettingStarted() {
  const progress = useProgress();
  const done = isDone(progress);
  return (
    <Outside wide>
      <PageHeader title={words.title} description={words.lead} />
      <Stack gap="md">
        <Steps progress={progress} />
        {done && <Text size="sm">{words.all}</Text>}
        <Button component={Link} to="/" variant={done ? 'filled' : 'subtle'} data-testid="welcome-overview">
          {done ? words.overview : words.skip}
        </Button>
      </Stack>
    </Outside>
  );
}

/** What a role may not read counts as not there yet. */
function useProgress(): Progress {
  const often = { refetchInterval: LOOK_EVERY_MS };
  const instances = api.useQuery(
    'get',
    '/api/v1/mcp/instances',
    { params: { query: { limit: INSTANCES_MAX } } },
    often,
  );
  const clients = api.useQuery('get', '/api/v1/mcp/connect/seen', {}, often);
  const usage = api.useQuery('get', '/api/v1/usage', {}, often);
  return progressOf({
    instances: instances.data?.instances ?? [],
    clients: clients.data?.clients ?? [],
    calls: usage.data?.calls ?? [],
  });
}
