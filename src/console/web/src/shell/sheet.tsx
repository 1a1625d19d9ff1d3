import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import classes from './sheet.module.css';

interface SheetProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly label: string;
  readonly testId?: string;
  readonly children: ReactNode;
}

/**
 * Something above the page that a key opens: the browser's own dialog, which keeps the focus inside and gives it back, and is
 * there with the next paint. Nothing is drawn while it is closed.
 */
export function Sheet({ opened, onClose, label, testId, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (opened) dialog.current?.showModal();
  }, [opened]);
  if (!opened) return null;
  // What is below the dialog belongs to it as well: a click there is one on the dialog itself.
  const closeOutside = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog
      ref={dialog}
      className={classes.sheet}
      aria-label={label}
      data-testid={testId}
      onClose={onClose}
      onClick={closeOutside}
    >
      <div className={classes.inside}>{children}</div>
    </dialog>
  );
}
