import { Button, Group, List, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';
import { ProblemCard } from '~/components';
import { words } from '~/design/words';
import { type Instance } from '../data/instance';
import { text } from '../text';
import { type BulkVerb } from './bulk';

type Result = components['schemas']['BulkResultDto'];

interface BulkDialogProps {
  readonly verb: BulkVerb;
  readonly rows: readonly Instance[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** One question for all of them, then one line for each: a failure hides neither itself nor the others. */
export function BulkDialog({ verb, rows, onClose, onDone }: BulkDialogProps) {
  const run = api.useMutation('post', '/api/v1/mcp/instances/bulk');
  if (run.data !== undefined) {
    const close = (): void => {
      onDone();
      onClose();
    };
    return <Results rows={rows} results={run.data.results} onClose={close} />;
  }
  return (
    <Stack gap="sm">
      {verb === 'delete' && <Text size="sm">{text.bulk.deletes}</Text>}
      <ScrollArea.Autosize mah={260}>
        <List size="sm">
          {rows.map(({ id, name }) => (
            <List.Item key={id}>{name}</List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
      {run.error !== null && <ProblemCard problem={run.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          {...(verb === 'delete' ? { color: 'red' } : {})}
          loading={run.isPending}
          onClick={() => run.mutate({ body: { operations: rows.map(({ id }) => ({ op: verb, id })) } })}
          data-testid="instances-bulk-confirm"
        >
          {text.bulk.question(text.bulk.title[verb], rows.length)}
        </Button>
      </Group>
    </Stack>
  );
}

interface ResultsProps {
  readonly rows: readonly Instance[];
  readonly results: readonly Result[];
  readonly onClose: () => void;
}

function Results({ rows, results, onClose }: ResultsProps) {
  const failed = results.filter(({ problem }) => problem !== undefined).length;
  return (
    <Stack gap="sm">
      <Text size="sm">{text.bulk.summary(results.length - failed, failed)}</Text>
      <ScrollArea.Autosize mah={360}>
        <Table data-testid="instances-bulk-results" aria-label={text.bulk.results}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text.bulk.item}</Table.Th>
              <Table.Th>{text.bulk.outcome}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {results.map(({ index, problem }) => (
              <Table.Tr key={index}>
                <Table.Td>{rows[index]?.name}</Table.Td>
                <Table.Td c={problem === undefined ? 'dimmed' : 'var(--q-bad-text)'}>
                  {problem === undefined ? text.bulk.accepted : problemText(problem)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus data-testid="instances-bulk-close">
          {text.bulk.close}
        </Button>
      </Group>
    </Stack>
  );
}

function problemText(problem: NonNullable<Result['problem']>): string {
  const { detail, title } = problem as { readonly detail?: string; readonly title?: string };
  return detail ?? title ?? '';
}
