import { useState } from 'react';
import { type Draft, emptyDraft } from './draft';

/** As long as the tab lives, and in memory only: what is typed here may be a secret. */
const kept = new Map<string, Draft>();
const KEPT_MAX = 20;

/** Leaving the page loses nothing. */
export function useDraft(
  name: string,
  instanceName: string,
): readonly [Draft, (change: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => kept.get(name) ?? emptyDraft(instanceName));
  const change = (part: Partial<Draft>): void => {
    const next = { ...draft, ...part };
    kept.delete(name);
    kept.set(name, next);
    if (kept.size > KEPT_MAX) kept.delete([...kept.keys()][0] ?? '');
    setDraft(next);
  };
  return [draft, change];
}

export const forgetDraft = (name: string): void => void kept.delete(name);
