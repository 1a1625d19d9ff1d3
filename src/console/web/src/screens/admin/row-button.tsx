import { Button, Group } from '@mantine/core';
import { type ReactNode } from 'react';

/** What can be done with a row, at its end. */
export const RowButtons = ({ children }: { readonly children: ReactNode }) => (
  <Group gap={4} wrap="nowrap">
    {children}
  </Group>
);

interface RowButtonProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
  /** What is done does not come back by itself. */
  readonly takesAway?: boolean;
  readonly testId: string;
}

export const RowButton = ({ onClick, children, takesAway = false, testId }: RowButtonProps) => (
  <Button
    size="compact-xs"
    {...(takesAway ? { variant: 'subtle', color: 'red' } : { variant: 'default' })}
    onClick={onClick}
    data-testid={testId}
  >
    {children}
  </Button>
);
