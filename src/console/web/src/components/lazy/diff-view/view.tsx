import { useComputedColorScheme } from '@mantine/core';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { NONCE } from '~/security';
import { editorLook } from '../code-editor/look';
import classes from '../code-editor/code-editor.module.css';
import { type DiffViewProps } from '../diff-view';

const LANGUAGES = { json, yaml } as const;
/** Lines around a change that stay on view. */
const MARGIN = 3;

export default function DiffViewView({ before, after, label, language = 'json', testId }: DiffViewProps) {
  const scheme = useComputedColorScheme();
  const extensions = useMemo(
    () => [
      LANGUAGES[language](),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(NONCE),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      unifiedMergeView({
        original: before,
        mergeControls: false,
        collapseUnchanged: { margin: MARGIN, minSize: 2 * MARGIN },
      }),
      editorLook,
    ],
    [before, language, label],
  );
  return (
    <div className={classes.frame} data-testid={testId}>
      {/* Made anew for another text: what it compares with is fixed when it is made. */}
      <CodeMirror
        key={before}
        value={after}
        theme={scheme}
        extensions={extensions}
        readOnly
        indentWithTab={false}
        maxHeight="60vh"
      />
    </div>
  );
}
