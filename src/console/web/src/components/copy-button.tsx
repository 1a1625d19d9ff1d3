import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode } from 'react';
import { words } from '~/design/words';
import classes from './text.module.css';

interface CopyButtonProps {
  readonly value: string;
  /** What is copied, for who cannot see what stands beside it. */
  readonly label: string;
  readonly testId?: string;
}

const SHOWN_MS = 1_500;

export function CopyButton({ value, label, testId }: CopyButtonProps) {
  const { copied, copy } = useClipboard({ timeout: SHOWN_MS });
  const said = copied ? words.copied : `${words.copy} ${label}`;
  return (
    <Tooltip label={said}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={said}
        data-testid={testId}
        onClick={(event) => {
          event.stopPropagation();
          copy(value);
        }}
      >
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Ids, addresses, commands: in the fixed-width face, and breakable so that they never widen the page. */
export const Mono = ({ children }: { readonly children: ReactNode }) => (
  <span className={classes.mono}>{children}</span>
);
