import { CopyButton } from './copy-button';
import classes from './text.module.css';

interface CodeBlockProps {
  readonly code: string;
  readonly label: string;
  readonly testId?: string;
  /** Lines on view before it scrolls. */
  readonly maxLines?: number;
}

const LINE_PX = 20;
const PADDING_PX = 24;

/** Commands, configuration and answers as text, with a copy button. */
export function CodeBlock({ code, label, testId, maxLines = 24 }: CodeBlockProps) {
  return (
    <div className={classes.frame}>
      {/* Focusable, so that the keyboard can scroll it. */}
      <pre
        className={classes.block}
        style={{ maxHeight: maxLines * LINE_PX + PADDING_PX }}
        tabIndex={0}
        role="region"
        aria-label={label}
        data-testid={testId}
      >
        {code}
      </pre>
      <div className={classes.corner}>
        <CopyButton value={code} label={label} />
      </div>
    </div>
  );
}
