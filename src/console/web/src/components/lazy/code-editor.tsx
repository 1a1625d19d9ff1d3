import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

export interface CodeEditorProps {
  readonly value: string;
  /** Left out: it is only read. */
  readonly onChange?: (value: string) => void;
  readonly language: 'json' | 'yaml';
  /** What is written here, for who cannot see what stands beside it. */
  readonly label: string;
  readonly readOnly?: boolean;
  readonly height?: string;
  readonly testId?: string;
}

const View = lazy(() => import('./code-editor/view'));

/** Text with line numbers, colours and folding; comes in a chunk of its own. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 240} aria-label={props.label} />}>
      <View {...props} />
    </Suspense>
  );
}
