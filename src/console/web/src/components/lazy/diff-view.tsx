import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  readonly language?: 'json' | 'yaml';
  readonly testId?: string;
}

const View = lazy(() => import('./diff-view/view'));

/** What changes from one text to another, in one column: removed lines above those that take their place. */
export function DiffView(props: DiffViewProps) {
  return (
    <Suspense fallback={<Skeleton height={160} aria-label={props.label} />}>
      <View {...props} />
    </Suspense>
  );
}
