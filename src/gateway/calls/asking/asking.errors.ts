import { DomainError } from '@app/kernel';

/** Forged, changed, or made for another caller, server, tool or set of arguments; which of these is nobody's business. */
export class RequestStateInvalidError extends DomainError {
  readonly code = 'request_state_invalid';
  readonly kind = 'invalid';
  readonly title = 'The state belongs to no such call';
  override readonly hint =
    'Repeat server_name, tool_name and arguments as they were, with the request_state of the last answer, as the same caller.';

  constructor() {
    super('request_state was not made for this call of this caller. Nothing was sent to the server.', {
      errors: [
        {
          ...{ pointer: '/request_state', code: 'not_ours' },
          detail: 'It was not made for this call of this caller.',
        },
      ],
    });
  }
}

export class InputExpiredError extends DomainError {
  readonly code = 'input_expired';
  readonly kind = 'conflict';
  readonly title = 'The time to answer is over';
  override readonly hint =
    'Call the tool again from the beginning, without request_state; what it did before it asked, it may do again.';

  constructor(limitMs: number) {
    super(
      `The answers came more than ${limitMs} ms after the questions. The call was given up; nothing was sent.`,
    );
  }
}

export class InputCallsExhaustedError extends DomainError {
  readonly code = 'input_calls_exhausted';
  readonly kind = 'exhausted';
  readonly title = 'Too many calls wait for input';
  override readonly hint =
    'Answer, decline or cancel what other calls ask. This one was given up when its server asked.';

  constructor(perCaller: number) {
    super(
      `A caller may have ${perCaller} calls that wait for its input, and the gateway has a limit for all callers.`,
      { retryAfterS: 5 },
    );
  }
}

/** What is sent as an answer is none. */
export class InputResponsesInvalidError extends DomainError {
  readonly code = 'input_responses_invalid';
  readonly kind = 'invalid';
  readonly title = 'The answers cannot be sent';
  override readonly hint =
    'Send {"action": "accept", "content": {…}}, {"action": "decline"} or {"action": "cancel"} for each key of requests, with the request_state of the same answer.';

  constructor(pointer: string, detail: string) {
    super(`${detail} Nothing was sent to the server.`, { errors: [{ pointer, code: 'answer', detail }] });
  }
}
