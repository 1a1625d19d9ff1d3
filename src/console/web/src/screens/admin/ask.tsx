import { Button, Group, Modal, Stack } from '@mantine/core';
import { type SyntheticEvent, type ReactNode, useState } from 'react';
import { ProblemCard } from '~/components';
import { words } from '~/design/words';

interface AskProps {
  readonly title: string;
  readonly submit: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** A refusal stays in the dialog, with what was typed. */
  readonly onSubmit: () => Promise<unknown>;
  readonly disabled?: boolean;
  readonly children: ReactNode;
  readonly testId: string;
}

/** A form in a dialog. */
export function Ask({
  title,
  submit,
  opened,
  onClose,
  onSubmit,
  disabled = false,
  children,
  testId,
}: AskProps) {
  const [state, setState] = useState<{ readonly busy: boolean; readonly error?: unknown }>({ busy: false });
  const close = (): void => {
    setState({ busy: false });
    onClose();
  };
  const send = (event: SyntheticEvent): void => {
    event.preventDefault();
    setState({ busy: true });
    onSubmit().then(close, (error: unknown) => setState({ busy: false, error }));
  };
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <form onSubmit={send} data-testid={testId}>
        <Stack gap="sm">
          {children}
          {state.error !== undefined && <ProblemCard problem={state.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={state.busy} disabled={disabled} data-testid={`${testId}-submit`}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
