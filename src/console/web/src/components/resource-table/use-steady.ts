import { useRef } from 'react';

/** The list of before as long as it holds the same. */
export function useSteady<T>(list: readonly T[]): readonly T[] {
  const kept = useRef(list);
  const isSame = kept.current.length === list.length && list.every((one, at) => one === kept.current[at]);
  if (!isSame) kept.current = list;
  return kept.current;
}
