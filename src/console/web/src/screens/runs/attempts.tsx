import { Anchor, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Elapsed, StatusBadge } from '~/components';
import { type Stage, wordsOf } from './run';
import { text } from './text';

const words = text.stage;

export function Attempts({ stage }: { readonly stage: Stage }) {
  if (stage.attempts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.noAttempts}
      </Text>
    );
  return (
    <Table data-testid="run-stage-attempts">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.number}</Table.Th>
          <Table.Th>{words.outcome}</Table.Th>
          <Table.Th>{words.duration}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {stage.attempts.map((attempt) => (
          <Table.Tr key={attempt.attempt}>
            <Table.Td>{attempt.attempt}</Table.Td>
            <Table.Td>
              <StatusBadge family="work" status={attempt.outcome ?? 'running'} />
              <Text size="xs" c="dimmed">
                {wordsOf(attempt.error)?.message}
              </Text>
              {attempt.run_id !== null && (
                <Anchor component={Link} to={`/runs/${attempt.run_id}`} size="xs">
                  {words.innerRun}
                </Anchor>
              )}
            </Table.Td>
            <Table.Td>
              <Elapsed from={attempt.started_at} to={attempt.ended_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
