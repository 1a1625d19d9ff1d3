import { useCallback, useEffect, useRef, useState } from 'react';
import { streamEvents } from '~/api/streams';
import { type Check, type Diagnosis } from './diagnosis';

export interface DiagnosisState {
  readonly isRunning: boolean;
  readonly checks: readonly Check[];
  readonly diagnosis: Diagnosis | undefined;
  readonly problem: unknown;
  /** The one before, while a new one is on its way: a verdict that blinks away helps nobody. */
  readonly before: Diagnosis | undefined;
}

const AT_REST: DiagnosisState = {
  isRunning: false,
  checks: [],
  diagnosis: undefined,
  problem: undefined,
  before: undefined,
};

/** Runs the checks when it is first used and whenever it is told to; each arrives as soon as it is done. */
export function useDiagnosis(instanceId: string): DiagnosisState & { readonly run: () => void } {
  const [state, setState] = useState(AT_REST);
  const current = useRef<AbortController | undefined>(undefined);
  const run = useCallback(() => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    const update = (change: (before: DiagnosisState) => DiagnosisState): void => {
      if (!controller.signal.aborted) setState(change);
    };
    update(({ diagnosis, before }) => ({ ...AT_REST, isRunning: true, before: diagnosis ?? before }));
    follow(instanceId, controller.signal, update).catch((problem: unknown) =>
      update((before) => ({ ...before, isRunning: false, problem })),
    );
  }, [instanceId]);
  useEffect(() => {
    run();
    return () => current.current?.abort();
  }, [run]);
  return { ...state, run };
}

async function follow(
  instanceId: string,
  signal: AbortSignal,
  update: (change: (before: DiagnosisState) => DiagnosisState) => void,
): Promise<void> {
  const path = `/api/v1/mcp/instances/${encodeURIComponent(instanceId)}/diagnose`;
  for await (const { event, data } of streamEvents(path, { method: 'POST', body: {}, signal })) {
    if (event === 'check') {
      const check = JSON.parse(data) as Check;
      update((before) => ({ ...before, checks: [...before.checks, check] }));
    }
    if (event === 'diagnosis') {
      const diagnosis = JSON.parse(data) as Diagnosis;
      update((before) => ({ ...before, isRunning: false, diagnosis, checks: diagnosis.checks }));
    }
  }
  // A stream that ended early, e.g. with the server, must not turn for ever.
  update((before) => ({ ...before, isRunning: false }));
}
