import { useEffect, useRef } from 'react';
import { isTyping } from './typing';

/** Keys of one screen, off while somebody types. */
export function useScreenKeys(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isTyping(event)) latest.current[event.key]?.();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
