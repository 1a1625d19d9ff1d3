import { useEffect, useRef } from 'react';
import { notifyDone, useNeighbours } from '~/components';
import { words } from '~/design/words';
import { isTyping } from '~/shell/typing';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { type Tab } from '../search';
import { obstacle } from './actions';
import { carryOutHere } from './verbs';

/** r restarts, l, d and e show logs, the diagnosis and what can be edited, y copies the endpoint; off while somebody types. */
export function useInstanceKeys(
  instance: Instance | undefined,
  mayOperate: boolean,
  show: (tab: Tab) => void,
): void {
  const keys: Readonly<Record<string, (one: Instance) => void>> = {
    r: (one) => {
      if (mayOperate && obstacle('restart', one) === undefined) carryOutHere('restart', one);
    },
    l: () => show('logs'),
    d: () => show('diagnose'),
    e: () => show('config'),
    y: (one) =>
      void navigator.clipboard
        .writeText(one.endpoint)
        .then(() => notifyDone(`${words.copied}: ${text.endpoint} ${one.endpoint}`)),
  };
  useNeighbours(instance?.id);
  const latest = useRef({ keys, instance });
  latest.current = { keys, instance };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { keys: known, instance: one } = latest.current;
      if (isTyping(event) || one === undefined) return;
      known[event.key]?.(one);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
