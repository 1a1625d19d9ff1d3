import Anser from 'anser';
import { memo } from 'react';
import { CopyButton } from '../../copy-button';
import { type LogEntry } from './log-lines';
import { text } from './text';
import classes from './log-view.module.css';

/** What terminals know as colours, without the escape signs that are told by spans. */
const ESCAPES = /\u001b\[/;

interface LogEntryLineProps {
  readonly entry: LogEntry;
  readonly search: string;
}

export const LogEntryLine = memo(function LogEntryLine({ entry, search }: LogEntryLineProps) {
  if (entry.isLost) return <div className={classes.lost}>{text.lost}</div>;
  return (
    <div className={classes.entry} data-level={entry.level}>
      <span className={classes.number} aria-hidden>
        {entry.number + 1}
      </span>
      <div className={classes.text}>
        {entry.lines.map((line, at) => (
          <div key={at}>
            {ESCAPES.test(line) ? <Coloured line={line} /> : <Found line={line} search={search} />}
          </div>
        ))}
      </div>
      <span className={classes.copy}>
        <CopyButton value={entry.lines.join('\n')} label={text.copy} />
      </span>
    </div>
  );
});

/** Spans with classes: nothing that a server prints ever becomes markup. */
const Coloured = ({ line }: { readonly line: string }) => (
  <>
    {Anser.ansiToJson(line, { json: true, use_classes: true, remove_empty: true }).map((part, at) => (
      <span key={at} data-ansi={part.fg} data-bold={part.decorations.includes('bold') || undefined}>
        {part.content}
      </span>
    ))}
  </>
);

function Found({ line, search }: { readonly line: string; readonly search: string }) {
  const at = search === '' ? -1 : line.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return <>{line === '' ? ' ' : line}</>;
  const end = at + search.length;
  return (
    <>
      {line.slice(0, at)}
      <mark className={classes.mark}>{line.slice(at, end)}</mark>
      {line.slice(end)}
    </>
  );
}
