import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { type Problem, toProblem } from '~/api/problem';
import { addressOf } from '~/api/streams';
import { words } from '~/design/words';
import { CopyButton, Mono } from './copy-button';

interface ProblemCardProps {
  /** Whatever was thrown or answered. */
  readonly problem: unknown;
  readonly onRetry?: () => void;
}

/** Why something could not be done: what happened, what to do, and what to tell somebody who can help. */
export function ProblemCard({ problem: error, onRetry }: ProblemCardProps) {
  const problem = toProblem(error);
  return (
    <Alert
      color="red"
      variant="light"
      title={problem.title}
      icon={<IconAlertCircle size={18} />}
      data-testid="problem"
      data-code={problem.code}
    >
      <Stack gap="xs">
        {problem.detail !== undefined && <Text>{problem.detail}</Text>}
        <FieldErrors problem={problem} />
        {problem.hint !== undefined && <Text fw={500}>{problem.hint}</Text>}
        <Identification problem={problem} />
        {onRetry !== undefined && (
          <Group>
            <Button variant="default" size="xs" onClick={onRetry} data-testid="problem-retry">
              {words.retry}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

const FieldErrors = ({ problem: { errors = [] } }: { readonly problem: Problem }) =>
  errors.length === 0 ? null : (
    <List size="sm">
      {errors.map(({ pointer, code, detail }) => (
        <List.Item key={`${pointer}${code}`}>
          <Mono>{pointer}</Mono> {detail}
        </List.Item>
      ))}
    </List>
  );

function Identification({ problem }: { readonly problem: Problem }) {
  const { code, trace_id: trace, docs } = problem;
  return (
    <Group gap="xs" c="dimmed" fz="xs">
      <span>
        {words.problem.code} <Mono>{code}</Mono>
      </span>
      {trace !== undefined && (
        <span>
          {words.problem.trace} <Mono>{trace}</Mono> <CopyButton value={trace} label={words.problem.trace} />
        </span>
      )}
      {docs !== undefined && docs.startsWith('/') && (
        <Anchor href={addressOf(docs)} fz="xs">
          {words.problem.docs}
        </Anchor>
      )}
    </Group>
  );
}
