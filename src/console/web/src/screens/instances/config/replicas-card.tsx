import { Button, Card, Group, NumberInput, Stack, Text, Title } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { fieldError, toProblem } from '~/api/problem';
import { followOperation, ProblemCard } from '~/components';
import { text } from '../detail-text';
import { type PanelProps } from '../detail/panel';

const words = text.config.replicas;
/** How many may run is a setting of the installation, which answers when it is too many. */
const FIELD_MAX = 1_000;

/** How many containers do the work: those that are there go on while others come or go. */
export function ReplicasCard({ instance }: PanelProps) {
  const { replicas, json_spec: spec } = instance;
  return (
    <Card>
      <Stack gap="xs">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed" maw={620}>
          {spec.type === 'url' ? words.remote : words.text}
        </Text>
        {/* Made anew when somebody else changes the number: it is then what one begins with. */}
        {spec.type !== 'url' && <ReplicasForm key={replicas} instance={instance} />}
      </Stack>
    </Card>
  );
}

function ReplicasForm({ instance }: PanelProps) {
  const { id, name, replicas } = instance;
  const may = useMay('instances:update');
  const update = api.useMutation('patch', '/api/v1/mcp/instances/{id}');
  const [wanted, setWanted] = useState<number | string>(replicas);
  const problem = update.isError ? toProblem(update.error) : undefined;
  const refused = fieldError(problem, '/replicas');
  const scale = (event: SyntheticEvent): void => {
    event.preventDefault();
    const count = Number(wanted);
    update.mutate(
      { params: { path: { id } }, body: { replicas: count } },
      {
        onSuccess: ({ operation_id: operation }) => {
          if (operation !== undefined) followOperation(operation, words.scaling(name, count));
        },
      },
    );
  };
  return (
    <form onSubmit={scale}>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs">
          <NumberInput
            w={140}
            label={words.label}
            min={1}
            max={FIELD_MAX}
            allowDecimal={false}
            value={wanted}
            onChange={setWanted}
            readOnly={!may}
            data-testid="instance-replicas"
          />
          {may && (
            <Button
              type="submit"
              variant="default"
              disabled={wanted === '' || Number(wanted) === replicas}
              loading={update.isPending}
              data-testid="instance-replicas-apply"
            >
              {words.apply}
            </Button>
          )}
        </Group>
        {refused !== undefined && (
          <Text size="sm" c="var(--q-bad-text)" role="alert" data-testid="instance-replicas-refused">
            {refused}
          </Text>
        )}
        {problem !== undefined && refused === undefined && <ProblemCard problem={problem} />}
      </Stack>
    </form>
  );
}
