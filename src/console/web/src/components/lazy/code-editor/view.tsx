import { useComputedColorScheme } from '@mantine/core';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import CodeMirror, { EditorView } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { NONCE } from '~/security';
import { type CodeEditorProps } from '../code-editor';
import { editorLook } from './look';
import classes from './code-editor.module.css';

const LANGUAGES = { json, yaml } as const;

/** Tab leaves the editor, as it leaves every other field: a trap would keep out who has no pointer. */
export default function CodeEditorView(props: CodeEditorProps) {
  const { value, onChange, language, label, readOnly = onChange === undefined, height, testId } = props;
  const scheme = useComputedColorScheme();
  const extensions = useMemo(
    () => [
      LANGUAGES[language](),
      EditorView.lineWrapping,
      EditorView.cspNonce.of(NONCE),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      editorLook,
    ],
    [language, label],
  );
  return (
    <div className={classes.frame} data-testid={testId}>
      <CodeMirror
        value={value}
        theme={scheme}
        extensions={extensions}
        readOnly={readOnly}
        indentWithTab={false}
        height={height ?? 'auto'}
        minHeight="120px"
        maxHeight="70vh"
        {...(onChange ? { onChange } : {})}
      />
    </div>
  );
}
