import { Button, Group, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { text } from '../../text';
import { type Reply } from './question';

/** Beside the way to say yes: two ways to say no, which mean different things to a server. */
export const Refusals = (props: {
  readonly isSending: boolean;
  readonly onReply: (reply: Reply) => void;
  readonly children: ReactNode;
}) => (
  <>
    <Group gap="xs" mt="sm">
      {props.children}
      {(['decline', 'cancel'] as const).map((action) => (
        <Button
          key={action}
          variant="default"
          disabled={props.isSending}
          onClick={() => props.onReply({ action })}
          data-testid={`tool-asked-${action}`}
        >
          {text.asked[action]}
        </Button>
      ))}
    </Group>
    <Text size="xs" c="dimmed" mt={6}>
      {text.asked.refusals}
    </Text>
  </>
);
