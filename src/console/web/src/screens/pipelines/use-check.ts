import { useEffect, useState } from 'react';
import { rest } from '~/api/client';
import { type Draft, type Fault } from './draft';

/** After the last key press. */
const SETTLE_MS = 400;

export interface Checked {
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly isChecking: boolean;
  /** The server could not be asked. */
  readonly problem?: unknown;
}

const NOTHING: Checked = { faults: [], warnings: [], isChecking: true };

/** What the server would say to a draft if it were saved: the same checks, asked as it is typed. */
export function useCheck(draft: Draft, id: string | undefined): Checked {
  const [checked, setChecked] = useState(NOTHING);
  useEffect(() => {
    const abort = new AbortController();
    setChecked((before) => ({ ...before, isChecking: true }));
    const timer = setTimeout(() => {
      void check(draft, id, abort.signal).then((found) => {
        if (!abort.signal.aborted) setChecked(found);
      });
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [draft, id]);
  return checked;
}

async function check(draft: Draft, id: string | undefined, signal: AbortSignal): Promise<Checked> {
  const body = draft as never;
  try {
    const { data, error } =
      id === undefined
        ? await rest.POST('/api/v1/pipelines/validate', { body, signal })
        : await rest.POST('/api/v1/pipelines/{id}/validate', { params: { path: { id } }, body, signal });
    if (data !== undefined) return { faults: data.errors, warnings: data.warnings, isChecking: false };
    const { errors } = error as { errors?: readonly Fault[] };
    // What has not even the shape of a pipeline is refused, with the same pointers.
    return errors === undefined
      ? { faults: [], warnings: [], isChecking: false, problem: error }
      : { faults: errors, warnings: [], isChecking: false };
  } catch (problem) {
    return { faults: [], warnings: [], isChecking: false, problem };
  }
}
