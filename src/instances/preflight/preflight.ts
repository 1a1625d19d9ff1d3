import { DomainError, type FieldProblem } from '@app/kernel';

export const PREFLIGHT_CHECKS = ['specification', 'name', 'secrets', 'room', 'image', 'endpoint'] as const;
export type PreflightCheckName = (typeof PREFLIGHT_CHECKS)[number];
/** `warning`: nobody could tell, or it may still work; a create is accepted all the same. */
export type PreflightStatus = 'ok' | 'warning' | 'failed';

export interface PreflightCheck {
  readonly name: PreflightCheckName;
  readonly status: PreflightStatus;
  /** One sentence. */
  readonly detail: string;
  /** Code of the problem that a create would answer with. */
  readonly code?: string;
  /** Places of the request that are at fault. */
  readonly errors?: readonly FieldProblem[];
}

export interface PreflightReport {
  /** No check failed. */
  readonly ok: boolean;
  readonly checks: readonly PreflightCheck[];
}

export const reportOf = (checks: readonly PreflightCheck[]): PreflightReport => ({
  ok: checks.every(({ status }) => status !== 'failed'),
  checks,
});

/** What a create would refuse becomes a finding; whatever is nobody's decision stays an error. */
export async function finding(
  name: PreflightCheckName,
  work: () => Promise<string>,
): Promise<PreflightCheck> {
  try {
    return { name, status: 'ok', detail: await work() };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, errors } = error;
    return { name, status: 'failed', detail: message, code, ...(errors === undefined ? {} : { errors }) };
  }
}
