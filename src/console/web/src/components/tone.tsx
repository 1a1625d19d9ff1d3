import { type ReactNode } from 'react';
import { type Tone } from '~/design/status-tone';
import classes from './tone.module.css';

/** A word with a tone that is no status of the API. */
export const ToneChip = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <span className={classes['chip']} data-tone={tone}>
    {children}
  </span>
);

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly testId?: string;
}

/** Something about what the page shows that is read before the rest: why it waits, what went wrong. */
export const Notice = ({ tone, title, children, testId }: NoticeProps) => (
  <div className={classes['notice']} data-tone={tone} data-testid={testId} role="status">
    {title !== undefined && <p className={classes['title']}>{title}</p>}
    <div className={classes['text']}>{children}</div>
  </div>
);
