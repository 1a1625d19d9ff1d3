import { useCallback, useEffect, useRef, useState } from 'react';

/** A bar that is pulled flies over rows that nobody will see. */
const LANDED_MS = 60;

interface View {
  readonly from: number;
  readonly to: number;
}

const START: View = { from: 0, to: 0 };

/** Which places of a list are on view, once scrolling rests for a moment; another list is seen from its beginning. */
export function useView(list: unknown): readonly [View, (from: number, to: number) => void] {
  const [view, setView] = useState({ ...START, list });
  const latest = useRef(view);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onView = useCallback(
    (from: number, to: number): void => {
      latest.current = { from, to, list };
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        setView(latest.current);
      }, LANDED_MS);
    },
    [list],
  );
  return [view.list === list ? view : START, onView];
}
