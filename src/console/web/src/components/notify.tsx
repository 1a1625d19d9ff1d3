import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { toProblem } from '~/api/problem';
import { words } from '~/design/words';
import { Mono } from './copy-button';

const DONE_MS = 5_000;
const UNDO_MS = 8_000;
const PROBLEM_MS = 20_000;

/** Something was done; says what, and leaves by itself. */
export const notifyDone = (text: string): void =>
  void notifications.show({ message: text, color: 'green', autoClose: DONE_MS });

/** An action was refused or failed: the problem's own words, hint and code. */
export function notifyProblem(error: unknown, what: string = words.problem.failed): void {
  const { title, detail, hint, code } = toProblem(error);
  notifications.show({
    title: `${what}: ${title}`,
    color: 'red',
    autoClose: PROBLEM_MS,
    message: (
      <Stack gap={4} data-testid="problem-notice" data-code={code}>
        {detail !== undefined && <Text size="sm">{detail}</Text>}
        {hint !== undefined && (
          <Text size="sm" fw={500}>
            {hint}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {words.problem.code} <Mono>{code}</Mono>
        </Text>
      </Stack>
    ),
  });
}

/** Something reversible was done at once; for eight seconds it can be taken back. */
export function notifyUndo(text: string, undo: () => Promise<void>): void {
  const id = notifications.show({
    autoClose: UNDO_MS,
    color: 'green',
    message: (
      <Group justify="space-between">
        <Text size="sm">{text}</Text>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo().catch((error: unknown) => notifyProblem(error));
          }}
        >
          {words.undo}
        </Button>
      </Group>
    ),
  });
}
