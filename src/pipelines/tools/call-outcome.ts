import { DomainError, type ErrorKind, type JsonObject, type JsonValue } from '@app/kernel';
import { type Failure } from '../../tasks';
import { bytesOf, DOCUMENT_MAX_BYTES, tooLarge } from '../engine/sizes';

export type CallOutcome = { readonly result: JsonValue } | { readonly error: Failure };

/** As far as a result of a tool is looked at. */
interface ToolResult {
  readonly content?: JsonValue;
  readonly structuredContent?: JsonValue;
  readonly isError?: boolean;
}

/** What was known when it broke. */
export interface Progress {
  /** The request may have left. */
  readonly isSent: boolean;
  /** The tool says of itself that calling it twice is calling it once. */
  readonly isRepeatable: boolean;
}

const UNKNOWN: ReadonlySet<string> = new Set(['call_outcome_unknown', 'call_timed_out']);
/** These pass by themselves, and say that nothing was done. */
const PASSING: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'unavailable',
  'exhausted',
  'upstream',
  'timeout',
]);
const MESSAGE_MAX_CHARACTERS = 1_000;

export const isOutcomeUnknown = (error: unknown, { isSent }: Progress): boolean =>
  isSent && (!(error instanceof DomainError) || UNKNOWN.has(error.code));

export function outcomeOf(result: ToolResult): CallOutcome {
  const { content, structuredContent, isError } = result;
  if (isError === true) return { error: failure('tool_error', textOf(content), false) };
  const output: JsonObject = {
    content: content ?? [],
    ...(structuredContent === undefined ? {} : { structured_content: structuredContent }),
  };
  const bytes = bytesOf(output);
  if (bytes <= DOCUMENT_MAX_BYTES) return { result: output };
  return { error: { ...tooLarge('output', bytes), retryable: false } };
}

/** Retried as the same task is only what provably had no effect, or may have it twice. */
export function outcomeOfFailure(error: unknown, progress: Progress): CallOutcome {
  if (isOutcomeUnknown(error, progress)) {
    const known = error instanceof DomainError ? error : undefined;
    const message = known?.message ?? 'Something broke after the call may have begun; the log has the cause.';
    return { error: failure(known?.code ?? 'call_outcome_unknown', message, progress.isRepeatable) };
  }
  if (!(error instanceof DomainError))
    return { error: failure('tool_call_failed', 'The call could not be made; the log has the cause.', true) };
  const { code, message, kind, retryAfterS } = error;
  // A server that answers with a refusal will refuse again; one that is away may be back.
  const isPassing = PASSING.has(kind) && !progress.isSent;
  return {
    error: { ...failure(code, message, isPassing), ...(retryAfterS === undefined ? {} : { retryAfterS }) },
  };
}

export const failure = (code: string, message: string, retryable: boolean): Failure => ({
  ...{ code, retryable },
  message: message.slice(0, MESSAGE_MAX_CHARACTERS),
});

/** What a tool says of its error is text, as a rule. */
function textOf(content: JsonValue | undefined): string {
  const items = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  const texts = items.flatMap((item) => {
    const text =
      typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as JsonObject)['text'] : null;
    return typeof text === 'string' ? [text] : [];
  });
  return texts.length === 0 ? 'The tool answered with an error.' : texts.join('\n');
}
