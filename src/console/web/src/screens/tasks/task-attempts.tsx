import { List, Stack, Text, Timeline, Title } from '@mantine/core';
import { type components } from '~/api/schema.gen';
import { Elapsed, Notice, RelativeTime } from '~/components';
import { AgentName } from './agent-name';
import { text } from './text';

type Attempt = components['schemas']['TaskAttemptDto'];
const words = text.detail;

const COLOURS: Readonly<Record<string, string>> = {
  completed: 'green',
  failed: 'red',
  lost: 'red',
  timed_out: 'red',
  handed_back: 'gray',
  cancelled: 'gray',
};

/** Who had the task, how each try ended, and why this agent and not another. */
export function TaskAttempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <Stack gap="sm">
      <Title order={2}>{words.attempts}</Title>
      {attempts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noAttempt}
        </Text>
      ) : (
        <Timeline active={attempts.length} bulletSize={16} lineWidth={2} data-testid="task-attempts">
          {attempts.map((attempt, at) => (
            <Timeline.Item
              key={at}
              title={words.attempt(attempt.attempt)}
              color={COLOURS[attempt.outcome ?? ''] ?? 'accent'}
            >
              <OneAttempt attempt={attempt} />
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Stack>
  );
}

function OneAttempt({ attempt }: { readonly attempt: Attempt }) {
  const { agent_id, agent_name, outcome, error, started_at, ended_at, candidates } = attempt;
  return (
    <Stack gap={2}>
      <Text size="sm">
        {agent_id === null ? agent_name : <AgentName id={agent_id} />}{' '}
        {outcome === null ? words.runs : (words.outcomes[outcome] ?? outcome)}{' '}
        <RelativeTime at={started_at} />
        {', '}
        {words.took} <Elapsed from={started_at} to={ended_at} />
      </Text>
      {error !== null && (
        <Notice tone="bad" title={error.code}>
          {error.message}
        </Notice>
      )}
      {candidates.length > 1 && <Candidates of={candidates} />}
    </Stack>
  );
}

const Candidates = ({ of }: { readonly of: readonly Readonly<Record<string, unknown>>[] }) => (
  <details>
    <Text component="summary" size="xs" c="dimmed">
      {words.candidates}
    </Text>
    <List size="xs">
      {of.map(({ agent_id, agent_name, score }) => (
        <List.Item key={String(agent_id)}>
          {String(agent_name)}: {typeof score === 'number' ? score.toFixed(2) : ''}
        </List.Item>
      ))}
    </List>
  </details>
);
