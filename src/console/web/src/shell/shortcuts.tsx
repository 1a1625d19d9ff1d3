import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { words } from '~/design/words';
import { NAVIGATION } from './navigation';
import { Sheet } from './sheet';
import classes from './sheet.module.css';
import { isTyping } from './typing';

/** How long `g` waits for its second key. */
const SECOND_KEY_MS = 1_500;

/** Keys that work on every screen, and the sheet that lists them. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure(false);
  const goSince = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      if (event.key === '?') open();
      if (event.key === '/') focusSearch(event);
      const target = Date.now() - goSince.current < SECOND_KEY_MS ? targetOf(event.key) : undefined;
      goSince.current = event.key === 'g' ? Date.now() : 0;
      if (target !== undefined) void navigate({ to: target });
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, open]);
  return (
    <Sheet opened={opened} onClose={close} label={words.shortcuts.title} testId="shortcuts">
      <h2 className={classes.title}>{words.shortcuts.title}</h2>
      <table className={classes.keys}>
        <tbody>
          {words.shortcuts.rows.map(([keys, what]) => (
            <tr key={keys}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sheet>
  );
}

const targetOf = (key: string): string | undefined =>
  NAVIGATION.flatMap(({ entries }) => entries).find((entry) => entry.letter === key)?.to;

function focusSearch(event: KeyboardEvent): void {
  const input = document.querySelector<HTMLInputElement>('input[data-search]');
  if (input === null) return;
  event.preventDefault();
  input.focus();
  input.select();
}
