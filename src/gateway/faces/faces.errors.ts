import { DomainError } from '@app/kernel';

/** The body of an MCP request is longer than any message needs to be. */
export class MessageTooLargeError extends DomainError {
  readonly code = 'message_too_large';
  readonly kind = 'too_large';
  readonly title = 'The message is too large';
  override readonly hint = 'Send less at once, or hand large data over by reference, such as a resource.';

  constructor(limitBytes: number) {
    super(`A message may have ${limitBytes} bytes.`);
  }
}

/** MCP over HTTP is JSON, as it is and unpacked. */
export class MessageTypeError extends DomainError {
  readonly code = 'message_type_unsupported';
  readonly kind = 'malformed';
  readonly title = 'The body is not of a type that MCP knows';
  override readonly hint =
    'Send the message with Content-Type: application/json and without Content-Encoding.';

  constructor() {
    super('A message is sent as application/json, not compressed.');
  }
}

/** A session that does not exist for this caller: ended, forgotten, forged, or somebody else's. */
export class SessionUnknownError extends DomainError {
  readonly code = 'mcp_session_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such MCP session';
  override readonly hint = 'Begin a new session with initialize.';

  constructor() {
    super('The session does not exist, or not any more.');
  }
}

/** So many event streams are open that another one would cost the others. */
export class TooManyStreamsError extends DomainError {
  readonly code = 'too_many_streams';
  readonly kind = 'unavailable';
  readonly title = 'Too many event streams are open';
  override readonly hint = 'Close streams that are not needed, then try again.';

  constructor(limit: number) {
    super(`There are ${limit} event streams open.`, { retryAfterS: 5 });
  }
}
