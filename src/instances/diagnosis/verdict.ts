import { type Check, type Diagnosis, type Finding } from './diagnosis';
import { isOnItsWay, isServing, type Subject } from './subject';

export interface NamedFinding {
  readonly check: Check;
  readonly finding: Finding;
}

/** One thing needs the other in the order of the checks, so the first that failed is the cause. */
export function concluded(subject: Subject, done: readonly NamedFinding[]): Diagnosis {
  const checks = done.map(({ check }) => check);
  const first = done.find(({ finding }) => finding.status === 'failed')?.finding;
  if (first !== undefined)
    return {
      ...{ verdict: 'found', summary: first.detail, cause: first.detail, checks },
      code: first.code ?? null,
      evidence: first.evidence ?? [],
      fix: first.fix ?? null,
    };
  return { ...withoutCause(subject), cause: null, code: null, evidence: [], fix: null, checks };
}

function withoutCause(subject: Subject): Pick<Diagnosis, 'verdict' | 'summary'> {
  const { status, reason } = subject;
  if (isServing(subject)) return { verdict: 'healthy', summary: 'Nothing is wrong: no check failed.' };
  if (isOnItsWay(subject)) return { verdict: 'waiting', summary: `It is ${status}: ${reason}` };
  return { verdict: 'unknown', summary: `No check failed, and yet it is ${status}: ${reason}` };
}
