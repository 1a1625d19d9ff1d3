import { DomainError } from '@app/kernel';

const MAX_LINE_LENGTH = 2_048;
const MAX_REASON_LENGTH = 500;
/** Escape sequences and control characters: output of servers is shown in terminals and pages. */
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export const showableLine = (line: string): string => line.replace(ESCAPES, '').slice(0, MAX_LINE_LENGTH);

/** A DomainError's message may be shown as it is; anything else is for the log only. */
export const showable = (error: unknown): string =>
  error instanceof DomainError
    ? showableLine(error.message).slice(0, MAX_REASON_LENGTH)
    : 'An internal error occurred; the log of the provisioner has it.';
