import { Group, ScrollArea, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { api } from '~/api/client';
import { ProblemCard } from '~/components';
import { useTopic } from '~/live/live';
import { AgentName } from '../tasks/agent-name';
import classes from './stage-log.module.css';
import { text } from './text';
import { useSoon } from './use-run';

const LINES_MAX = 500;
const ASK_AGAIN_MS = 2_000;
const TIME_FROM = 11;
const TIME_TO = 23;

/** What the task of a stage said, as it says it, and who has it. */
export function StageLog({ taskId, isOver }: { readonly taskId: string; readonly isOver: boolean }) {
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/tasks/{id}',
    { params: { path: { id: taskId } } },
    { refetchInterval: isOver ? false : ASK_AGAIN_MS },
  );
  const askSoon = useSoon(() => void refetch());
  useTopic('tasks', (frames) => {
    if (frames.some(({ task_id: id }) => id === taskId)) askSoon();
  });
  // The last lines are written down with the end of the task.
  useEffect(askSoon, [isOver, askSoon]);
  const lines = data?.logs.slice(-LINES_MAX) ?? [];
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [lines.length]);
  if (error !== null) return <ProblemCard problem={error} />;
  return (
    <>
      <Group gap={6} fz="xs" c="dimmed" mb={6}>
        <span>{text.stage.agent}:</span>
        {data?.assigned_agent == null ? (
          <span>{text.stage.nobody}</span>
        ) : (
          <span data-testid="run-stage-agent">
            <AgentName id={data.assigned_agent} />
          </span>
        )}
        {data?.waiting_for != null && <span>· {data.waiting_for}</span>}
        {data?.progress_message != null && !isOver && <span>· {data.progress_message}</span>}
      </Group>
      {lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {isOver ? text.stage.noLogs : text.stage.noLogsYet}
        </Text>
      ) : (
        <ScrollArea.Autosize mah={280} className={classes.box} tabIndex={0}>
          <ol className={classes.lines} data-testid="run-stage-log">
            {lines.map(({ timestamp, level, message }, at) => (
              <li key={at} data-level={level}>
                <time dateTime={timestamp}>{timestamp.slice(TIME_FROM, TIME_TO)}</time> {message}
              </li>
            ))}
          </ol>
          <div ref={end} />
        </ScrollArea.Autosize>
      )}
    </>
  );
}
