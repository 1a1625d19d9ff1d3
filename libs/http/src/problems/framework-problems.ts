/** Faults that Fastify or Node find before a handler of ours is asked; they have a status, but no kind. */
export interface FrameworkProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint?: string;
}

const problem = (
  status: number,
  code: string,
  title: string,
  detail: string,
  hint: string,
): FrameworkProblem => ({
  status,
  code,
  title,
  detail,
  hint,
});

export const ROUTE_NOT_FOUND = problem(
  404,
  'route_not_found',
  'There is nothing at this path',
  'No route of this server matches the path.',
  'Compare the path with the list under /docs.',
);
export const METHOD_NOT_ALLOWED = problem(
  405,
  'method_not_allowed',
  'The path does not know this method',
  'The path exists, but not for this method.',
  'Use one of the methods that the Allow header lists.',
);
export const REQUEST_TIMEOUT = problem(
  408,
  'request_timeout',
  'The request took too long to arrive',
  'The whole request did not arrive in time.',
  'Send the request again without pauses.',
);
export const BODY_TOO_LARGE = problem(
  413,
  'body_too_large',
  'The body is too large',
  'The body is larger than this route accepts.',
  'Send less, or split the request.',
);
export const URI_TOO_LONG = problem(
  414,
  'uri_too_long',
  'The address is too long',
  'The path or one of its parts is longer than this server accepts.',
  'Shorten the path; names have at most 63 characters.',
);
export const UNSUPPORTED_MEDIA_TYPE = problem(
  415,
  'unsupported_media_type',
  'The type or encoding of the body is not accepted',
  'Bodies are read as application/json, uncompressed.',
  'Send Content-Type: application/json and no Content-Encoding.',
);
export const HEADER_TOO_LARGE = problem(
  431,
  'header_too_large',
  'The headers are too large',
  'The header block is larger than this server accepts.',
  'Send fewer or shorter headers.',
);
export const MALFORMED_REQUEST = problem(
  400,
  'malformed_request',
  'The request cannot be read',
  'The bytes that arrived are not an HTTP request, or its path is not encoded correctly.',
  'Check what sends the request, and any proxy in between.',
);

/** Statuses that mean one thing only, whoever of the framework says them. */
export const FRAMEWORK_PROBLEMS: ReadonlyMap<number, FrameworkProblem> = new Map(
  [
    ROUTE_NOT_FOUND,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    BODY_TOO_LARGE,
    URI_TOO_LONG,
    UNSUPPORTED_MEDIA_TYPE,
    HEADER_TOO_LARGE,
  ].map((entry) => [entry.status, entry]),
);
