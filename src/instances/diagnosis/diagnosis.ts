import { type JsonObject } from '@app/kernel';

export type CheckStatus = 'passed' | 'failed' | 'warning' | 'skipped';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly title: string;
  readonly status: CheckStatus;
  /** Whether the diagnosis may go on as if it were well: not failed. */
  readonly ok: boolean;
  readonly detail: string;
  /** Lines that show it, in the words of whoever said them. */
  readonly evidence: readonly string[];
  readonly duration_ms: number;
}

/** What a button sends. Its caller needs the permission. */
export interface FixRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly permission: string;
  readonly body: JsonObject | null;
}

/** What a person has to say first, and where in the body of the request it goes. */
export interface FixInput {
  /** RFC 6901. */
  readonly pointer: string;
  readonly label: string;
  readonly type: 'text' | 'secret' | 'integer';
  readonly description: string;
  readonly suggestion: string | null;
}

export interface Fix {
  /** For programs. */
  readonly action: string;
  /** For people: the words on the button. */
  readonly label: string;
  readonly target?: string;
  /** null: nothing that a request could do; the label says what a person can. */
  readonly request: FixRequest | null;
  readonly input: FixInput | null;
}

/** `found`: there is a cause. `waiting`: it is on its way. `unknown`: it is red, and no check says why. */
export type Verdict = 'healthy' | 'found' | 'waiting' | 'unknown';

export interface Diagnosis {
  readonly verdict: Verdict;
  /** One sentence, whatever the verdict. */
  readonly summary: string;
  /** The first thing that is wrong, in one sentence; null when nothing was found. */
  readonly cause: string | null;
  /** Stable, for programs; null when nothing was found. */
  readonly code: string | null;
  readonly evidence: readonly string[];
  readonly fix: Fix | null;
  readonly checks: readonly Check[];
}

/** What a judge says of one check. */
export interface Finding {
  readonly status: CheckStatus;
  readonly detail: string;
  readonly code?: string;
  readonly evidence?: readonly string[];
  readonly fix?: Fix;
}

export const passed = (detail: string, evidence: readonly string[] = []): Finding => ({
  status: 'passed',
  detail,
  evidence,
});
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });
export const warning = (detail: string, code: string): Finding => ({ status: 'warning', detail, code });

export function found(
  code: string,
  detail: string,
  more: { readonly fix?: Fix | undefined; readonly evidence?: readonly string[] } = {},
): Finding {
  const { fix, evidence = [] } = more;
  return { status: 'failed', code, detail, evidence, ...(fix === undefined ? {} : { fix }) };
}
