import { EditorView, Prec } from '@uiw/react-codemirror';

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--q-surface)', color: 'var(--mantine-color-text)', fontSize: '13px' },
  '.cm-content, .cm-gutters': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '20px' },
  '.cm-gutters': {
    backgroundColor: 'var(--q-page)',
    color: 'var(--q-muted)',
    border: 'none',
    borderRight: '1px solid var(--q-border)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--q-good-fill)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--q-bad-fill)' },
});

/** The editor in the colours and the type of the page around it; above the theme of the library, which brings a page of its own. */
export const editorLook = Prec.highest(look);
