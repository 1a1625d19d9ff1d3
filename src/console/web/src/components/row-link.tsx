import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode } from 'react';
import { BASE } from '~/security';
import classes from './text.module.css';

interface RowLinkProps {
  /** A path of the console. */
  readonly to: string;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** The link of a row. The router's own watches its state for the looks of the active one, which costs more than the row. */
export function RowLink({ to, testId, children }: RowLinkProps) {
  const router = useRouter();
  const go = (event: MouseEvent): void => {
    const { metaKey, ctrlKey, shiftKey, altKey, button } = event;
    if (metaKey || ctrlKey || shiftKey || altKey || button !== 0) return;
    event.preventDefault();
    void router.navigate({ to });
  };
  return (
    <a
      href={`${BASE}/console${to}`}
      className={classes.link}
      onClick={go}
      onPointerEnter={() => void router.preloadRoute({ to })}
      data-testid={testId}
    >
      {children}
    </a>
  );
}
