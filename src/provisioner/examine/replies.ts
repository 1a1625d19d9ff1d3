import { type ExaminedFacts, type ExamineReply, type InstanceSpec, type ReachedLayer } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { McpError } from '@app/mcp';
import { EgressRefusedError } from '@app/security';
import { type ProbeTarget } from '../probe/prober';

/** Whom an examination is about. */
export interface Subject {
  readonly spec: InstanceSpec;
  readonly target: ProbeTarget;
  readonly exposedPorts: readonly number[];
  readonly signal: AbortSignal;
}

export const notAsked = (detail: string): ExamineReply => ({ asked: false, ok: false, detail, facts: {} });

export const passed = (detail: string, facts: ExaminedFacts): ExamineReply => ({
  asked: true,
  ok: true,
  detail,
  facts,
});

/** What was met, in words that may be shown. */
export function failed(
  error: unknown,
  signal: AbortSignal,
  words: (error: unknown) => string,
  facts: ExaminedFacts = {},
): ExamineReply {
  const base = { asked: true, ok: false, facts } as const;
  if (signal.aborted && !(error instanceof DomainError))
    return { ...base, detail: 'There was no answer in time.', layer: 'timeout', code: 'upstream_timeout' };
  const code = error instanceof DomainError ? { code: error.code } : {};
  return { ...base, detail: words(error), layer: layerOf(error), ...code };
}

function layerOf(error: unknown): ReachedLayer {
  if (error instanceof EgressRefusedError) return 'egress';
  if (error instanceof McpError) return error.layer;
  // What the store of secrets says, for example: no request was sent.
  return error instanceof DomainError ? 'auth' : 'tcp';
}
