import { Button, Group, Modal, Stack } from '@mantine/core';
import { CodeBlock, Notice } from '~/components';
import { text } from './text';

interface ShownOnceProps {
  readonly title: string;
  /** Absent: nothing to show. */
  readonly value: string | undefined;
  readonly onClose: () => void;
  readonly testId: string;
}

/** A value that nobody can see again: it stays until somebody says that they have it. */
export const ShownOnce = ({ title, value, onClose, testId }: ShownOnceProps) => (
  <Modal
    opened={value !== undefined}
    onClose={onClose}
    title={title}
    closeOnClickOutside={false}
    withCloseButton={false}
  >
    <Stack gap="sm">
      <Notice tone="warn">{text.once}</Notice>
      <CodeBlock code={value ?? ''} label={title} testId={testId} />
      <Group justify="flex-end">
        <Button onClick={onClose} data-testid={`${testId}-done`}>
          {text.copied}
        </Button>
      </Group>
    </Stack>
  </Modal>
);
