import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { api } from '~/api/client';
import { ProblemCard } from '~/components';
import { text } from '../text';
import { type Import } from './add-servers';

const words = text.box;

interface ResultViewProps {
  readonly result: Import;
  readonly onChange: (result: Import) => void;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** One line for each item, and the way back for all that was made. */
export function ResultView({ result, onChange, onAgain, onClose }: ResultViewProps) {
  const undoing = api.useMutation('delete', '/api/v1/imports/{id}');
  const undo = (): void =>
    undoing.mutate({ params: { path: { id: result.plan_id } } }, { onSuccess: onChange });
  const isOver = result.status === 'undone';
  return (
    <Stack gap="sm" data-testid="catalog-import-result" data-status={result.status}>
      <Text fw={600}>{isOver ? words.undone : words.done}</Text>
      <List size="sm">
        {result.results.map(({ name, status, failure }) => (
          <List.Item key={name} data-testid={`catalog-result-${name}`}>
            {status === 'created' ? (
              <Link to="/catalog/$id" params={{ id: name }}>
                {name}
              </Link>
            ) : (
              name
            )}
            {`: ${words.results[status] ?? status}${failure === undefined ? '' : `. ${failure.detail}`}`}
          </List.Item>
        ))}
      </List>
      {result.results.some(({ status }) => status === 'going') && (
        <Alert color="yellow" variant="light">
          {words.undoing}
        </Alert>
      )}
      {undoing.isError && <ProblemCard problem={undoing.error} />}
      <Group justify="space-between">
        {!isOver && (
          <Button
            variant="default"
            onClick={undo}
            loading={undoing.isPending}
            data-testid="catalog-import-undo"
          >
            {words.undo}
          </Button>
        )}
        <Group gap="xs">
          <Button variant="default" onClick={onAgain}>
            {words.again}
          </Button>
          <Button onClick={onClose}>{words.close}</Button>
        </Group>
      </Group>
    </Stack>
  );
}
