/** What went wrong, in words the caller may see. Transport status lives in the HTTP filter, not here. */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'stale'
  | 'precondition_required'
  | 'too_large'
  | 'exhausted'
  | 'unavailable'
  | 'upstream'
  | 'timeout';

/** One fault of a request: where (JSON pointer; `/query/limit` for a query parameter), which, and in words. */
export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Which layer of an upstream failed. */
export type UpstreamLayer = 'dns' | 'tcp' | 'tls' | 'http' | 'mcp' | 'auth' | 'timeout';

export interface DomainErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterS?: number;
  readonly upstream?: { readonly server_name: string; readonly layer: UpstreamLayer };
  readonly facts?: ErrorFacts;
}

/** What a program can act on beside the code: members of the answer, in snake_case. */
export type ErrorFacts = Readonly<Record<string, string | number | null>>;

/** A failure with a stable code, documented in `docs/errors/<code>.md`. Anything else that is thrown is a bug or an outage. */
export abstract class DomainError extends Error {
  /** Stable, documented, never reused: clients branch on it. */
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;
  /** The same words for every case of this code; `message` names the object and the value at fault. */
  abstract readonly title: string;
  /** What the caller can do about it: one imperative sentence. */
  readonly hint?: string;
  readonly errors?: readonly FieldProblem[];
  /** Whole seconds after which a new try makes sense; sent as `Retry-After`. */
  readonly retryAfterS?: number;
  readonly upstream?: { readonly server_name: string; readonly layer: UpstreamLayer };
  readonly facts?: ErrorFacts;

  /** `message` is shown: never a secret, a stack, SQL, a file path. Those belong into `options.cause`, for the log. */
  constructor(message: string, options: DomainErrorOptions = {}) {
    super(message, options);
    this.name = new.target.name;
    if (options.errors !== undefined) this.errors = options.errors;
    if (options.retryAfterS !== undefined) this.retryAfterS = options.retryAfterS;
    if (options.upstream !== undefined) this.upstream = options.upstream;
    if (options.facts !== undefined) this.facts = options.facts;
  }
}
