import { DomainError } from '@app/kernel';
import { type Scrubber } from '@app/telemetry';

const MAX_LINE_LENGTH = 2_048;
const MAX_REASON_LENGTH = 500;
/** Escape sequences and control characters: output of servers is shown in terminals and pages. */
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Halves of a character: servers send them, and a cut may make them. No store takes them. */
const HALVES = /\p{Surrogate}/gu;

export const showableLine = (line: string, maxLength = MAX_LINE_LENGTH): string =>
  line.replace(ESCAPES, '').slice(0, maxLength).replace(HALVES, '\uFFFD');

/** A DomainError's message may be shown; anything else is for the log only. Scrubbed before it is cut: half a secret is one. */
export const showable = (error: unknown, scrubber: Pick<Scrubber, 'scrub'>): string =>
  error instanceof DomainError
    ? showableLine(scrubber.scrub(error.message), MAX_REASON_LENGTH)
    : 'An internal error occurred; the log of the provisioner has it.';
