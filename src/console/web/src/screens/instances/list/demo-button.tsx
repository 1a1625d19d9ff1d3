import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '~/api/client';
import { notifyProblem } from '~/components';
import { text } from '../text';

const DEMO = 'everything';

/** The shortest way to something that runs: the bundled server, without a container engine. */
export function DemoButton() {
  const go = useNavigate();
  const create = api.useMutation('post', '/api/v1/mcp/instances');
  const run = (): void =>
    create.mutate(
      { body: { name: DEMO, template: DEMO } },
      {
        onSuccess: ({ name }) => void go({ to: '/instances/$name', params: { name } }),
        onError: (error) => notifyProblem(error, text.empty.asking),
      },
    );
  return (
    <Button
      leftSection={<IconPlayerPlay size={14} />}
      loading={create.isPending}
      onClick={run}
      data-testid="instances-demo"
    >
      {text.empty.action}
    </Button>
  );
}
