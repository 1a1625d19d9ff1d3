import { Group, Stack, Text, Title } from '@mantine/core';
import { CopyButton } from '~/components';
import { formatAbsolute } from '~/design/format';
import { type Task } from './task';
import classes from './task-log.module.css';
import { text } from './text';

const words = text.detail;
const CLOCK = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hour12: false });

/** The last lines that its agents said; text as it was sent. */
export function TaskLog({ logs }: Pick<Task, 'logs'>) {
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{words.logs}</Title>
        {logs.length > 0 && (
          <CopyButton
            value={logs.map(({ timestamp, level, message }) => `${timestamp} ${level} ${message}`).join('\n')}
            label={words.logs}
          />
        )}
      </Group>
      {logs.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.noLogs}
        </Text>
      ) : (
        <div
          className={classes.log}
          tabIndex={0}
          role="region"
          aria-label={words.logs}
          data-testid="task-log"
        >
          {logs.map(({ timestamp, level, message }, at) => (
            <div key={at} className={classes.line} data-level={level}>
              <time className={classes.time} dateTime={timestamp} title={formatAbsolute(timestamp)}>
                {CLOCK.format(new Date(timestamp))}
              </time>
              <span className={classes.level}>{level}</span>
              <span>{message}</span>
            </div>
          ))}
        </div>
      )}
    </Stack>
  );
}
