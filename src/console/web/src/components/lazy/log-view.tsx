import { Skeleton } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { type LogText } from './log-view/log-lines';

export interface LogViewProps {
  readonly log: LogText;
  readonly label: string;
  /** Whether more lines may come; only then there is something to follow. */
  readonly live: boolean;
  /** Of the download. */
  readonly fileName: string;
  /** Beside the tools of the log itself. */
  readonly tools?: ReactNode;
  /** Shown in place of lines while there are none. */
  readonly empty: ReactNode;
  readonly testId: string;
}

const View = lazy(() => import('./log-view/view'));

/** Lines of output with search, levels, follow, wrap and download; only those on view are in the page. */
export function LogView(props: LogViewProps) {
  return (
    <Suspense fallback={<Skeleton height={320} aria-label={props.label} />}>
      <View {...props} />
    </Suspense>
  );
}
