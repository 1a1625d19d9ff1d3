import { Alert, Button, Card, Group, Stack, Switch, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { queryClient } from '~/api/query-client';
import { type components } from '~/api/schema.gen';
import { notifyDone, notifyProblem, ProblemCard, RelativeTime } from '~/components';
import { DiffView } from '~/components/lazy/diff-view';
import { useTopic } from '~/live/live';
import { type PanelProps } from './panel';
import { pinText as words } from './pin-text';

type Pin = components['schemas']['ToolPinDto'];
const PINS = '/api/v1/mcp/tools/pins/{id}';

/** Whether changes of the tools are kept back, and what waits to be approved. */
export function ToolPins({ instance }: PanelProps) {
  const params = { path: { id: instance.id } };
  const { data, error, refetch } = api.useQuery('get', PINS, { params });
  const mayChange = useMay('instances:update');
  const [busy, setBusy] = useState(false);
  useTopic('instances', (frames) => {
    if (frames.some((frame) => frame['instance_id'] === instance.id)) void refetch();
  });
  if (data === undefined)
    return error === null ? null : <ProblemCard problem={error} onRetry={() => void refetch()} />;
  const { enabled, tools } = data;
  const toggle = async (): Promise<void> => {
    setBusy(true);
    const answer = await rest.PUT(PINS, { params, body: { enabled: !enabled } });
    setBusy(false);
    if (answer.error !== undefined) {
      notifyProblem(answer.error);
      return;
    }
    notifyDone(enabled ? words.off : words.wasPinned);
    await refetch();
  };
  return (
    <Card component="section" aria-label={words.title}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={600}>{words.title}</Text>
            <Text size="sm" c="dimmed" maw={640}>
              {!enabled ? words.about : tools.length === 0 ? words.waiting : words.on(tools.length)}
            </Text>
          </div>
          <Switch
            checked={enabled}
            disabled={!mayChange || busy}
            onChange={() => void toggle()}
            aria-label={words.pin}
            data-testid="instance-pin"
          />
        </Group>
        {tools.map(
          (pin) =>
            pin.change !== null && (
              <Quarantined key={pin.tool} pin={pin} change={pin.change} id={instance.id} may={mayChange} />
            ),
        )}
      </Stack>
    </Card>
  );
}

interface QuarantinedProps {
  readonly id: string;
  readonly pin: Pin;
  readonly change: NonNullable<Pin['change']>;
  readonly may: boolean;
}

function Quarantined({ id, pin, change, may }: QuarantinedProps) {
  const { tool } = pin;
  const approve = async (): Promise<void> => {
    const { error } = await rest.POST('/api/v1/mcp/tools/pins/{id}/approve', {
      params: { path: { id } },
      body: { tool, sha256: change.sha256 },
    });
    if (error === undefined) notifyDone(words.approved(tool));
    else notifyProblem(error);
    // The list of tools has it again; where it was refused, the change is another one by now.
    await queryClient.invalidateQueries();
  };
  return (
    <Alert
      color="violet"
      icon={<IconHandStop size={18} aria-hidden />}
      title={words.quarantined(tool)}
      data-testid="instance-quarantined"
    >
      <Stack gap="xs">
        <Text size="sm">
          {words.since} <RelativeTime at={change.at} />. {words.approvedBy(pin.approved_by)}
        </Text>
        <DiffView before={inText(pin.definition)} after={inText(change.definition)} label={words.change} />
        {may && (
          <Group>
            <Button size="xs" onClick={() => void approve()} data-testid="instance-approve">
              {words.approve}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

const inText = (value: unknown): string => JSON.stringify(value, null, 2);
