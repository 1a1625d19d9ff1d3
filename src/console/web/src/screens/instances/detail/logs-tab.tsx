import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ProblemCard } from '~/components';
import { LogView } from '~/components/lazy/log-view';
import { text } from '../detail-text';
import { STREAMS } from '../search';
import { type PanelProps } from './panel';
import { isFinal, useLog } from './use-log';

const words = text.logs;
const CHOICES = STREAMS.map((value) => ({ value, label: words.streams[value] }));

/** Also after the container is gone: then its last words are what there is. */
export default function LogsTab({ instance }: PanelProps) {
  const { stream = 'output' } = useSearch({ from: '/inside/instances/$name' });
  const navigate = useNavigate({ from: '/instances/$name' });
  const { log, state, problem } = useLog(instance.id, stream);
  const choose = (value: string): void => {
    const next = STREAMS.find((known) => known === value) ?? 'output';
    void navigate({ search: { tab: 'logs', ...(next === 'output' ? {} : { stream: next }) }, replace: true });
  };
  return (
    <Stack gap="xs">
      {problem !== undefined && <ProblemCard problem={problem} />}
      {state !== 'following' && (problem === undefined || !isFinal(problem)) && (
        <Text size="xs" c="dimmed" role="status" data-testid="instance-log-state" data-state={state}>
          {problem === undefined ? words[state] : words.asksAgain}
        </Text>
      )}
      <LogView
        key={stream}
        log={log}
        label={words.label}
        live
        fileName={`${instance.name}-${stream}.log`}
        testId="instance-log"
        empty={words.none[stream]}
        tools={
          <Group gap={4}>
            <SegmentedControl
              size="xs"
              data={CHOICES}
              value={stream}
              onChange={choose}
              aria-label={words.stream}
              data-testid="instance-log-stream"
            />
          </Group>
        }
      />
    </Stack>
  );
}
