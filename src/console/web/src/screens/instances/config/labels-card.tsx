import { Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { type SyntheticEvent, useState } from 'react';
import { api } from '~/api/client';
import { useMay } from '~/api/me';
import { toProblem } from '~/api/problem';
import { queryClient } from '~/api/query-client';
import { notifyDone, ProblemCard } from '~/components';
import { text } from '../detail-text';
import { type PanelProps } from '../detail/panel';
import { linesOf, patchOf, readLines } from '~/components/label-lines';

const words = text.config.labels;

export function LabelsCard({ instance }: PanelProps) {
  return (
    <Card>
      <Stack gap="xs">
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed" maw={620}>
          {words.text}
        </Text>
        {/* Made anew when somebody else changes them: they are then what one begins with. */}
        <LabelsForm key={linesOf(instance.labels)} instance={instance} />
      </Stack>
    </Card>
  );
}

function LabelsForm({ instance }: PanelProps) {
  const { id, name, labels } = instance;
  const may = useMay('instances:update');
  const update = api.useMutation('patch', '/api/v1/mcp/instances/{id}');
  const [lines, setLines] = useState(linesOf(labels));
  const patch = patchOf(labels, readLines(lines));
  const problem = update.isError ? toProblem(update.error) : undefined;
  const refused = (problem?.errors ?? []).filter(({ pointer }) => pointer.startsWith('/labels'));
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    update.mutate(
      { params: { path: { id } }, body: { labels: patch } },
      {
        onSuccess: () => {
          notifyDone(words.saved(name));
          void queryClient.invalidateQueries({ queryKey: ['instance', name] });
        },
      },
    );
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm" maw={620}>
        <Textarea
          label={words.label}
          value={lines}
          onChange={(event) => setLines(event.currentTarget.value)}
          error={refused.length === 0 ? undefined : refused.map(faultOf).join(' ')}
          readOnly={!may}
          autosize
          minRows={2}
          data-testid="instance-labels"
        />
        {may && (
          <Group>
            <Button
              type="submit"
              variant="default"
              disabled={Object.keys(patch).length === 0}
              loading={update.isPending}
              data-testid="instance-labels-save"
            >
              {words.apply}
            </Button>
          </Group>
        )}
        {problem !== undefined && refused.length === 0 && <ProblemCard problem={problem} />}
      </Stack>
    </form>
  );
}

/** Which of them, and what is wrong with it. */
function faultOf({ pointer, detail }: { readonly pointer: string; readonly detail: string }): string {
  const key = pointer.slice('/labels/'.length).replaceAll('~1', '/').replaceAll('~0', '~');
  return key === '' ? `${detail}.` : `${key}: ${detail}.`;
}
