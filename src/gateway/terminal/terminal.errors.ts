import { DomainError, type JsonObject } from '@app/kernel';
import { RPC, type RpcError } from '@app/mcp';

/** A request that breaks the protocol; said in the protocol's own words, with the HTTP status that belongs to them. */
export class RpcFault extends Error {
  constructor(
    readonly error: RpcError,
    readonly status = 400,
  ) {
    super(error.message);
    this.name = 'RpcFault';
  }
}

/** The request needs what its client cannot do. */
export const missing = (requiredCapabilities: JsonObject): RpcFault =>
  new RpcFault({
    code: RPC.missingCapability,
    message: 'The request needs a capability that the client did not declare',
    data: { requiredCapabilities },
  });

export class TooManySessionsError extends DomainError {
  readonly code = 'mcp_sessions_exhausted';
  readonly kind = 'exhausted';
  readonly title = 'Too many MCP sessions are open';
  override readonly hint =
    'End sessions with DELETE when they are no longer needed, or try again in a minute.';

  constructor(limit: number) {
    super(`${limit} sessions are open and all of them are in use.`, { retryAfterS: 60 });
  }
}

export class TooManyCallsError extends DomainError {
  readonly code = 'mcp_calls_exhausted';
  readonly kind = 'exhausted';
  readonly title = 'Too many requests are open';
  override readonly hint = 'Wait for answers that are due before you send more.';

  constructor(what: string, limit: number) {
    super(`${what} may have ${limit} open at a time.`, { retryAfterS: 1 });
  }
}

/** What a server waited for has come too late, or where nobody waits: the call is over and was not begun anew. */
export class HeldCallLostError extends DomainError {
  readonly code = 'held_call_lost';
  readonly kind = 'conflict';
  readonly title = 'The call that asked is gone';
  override readonly hint =
    'Find out whether the tool ran before you begin the call again, without its state; it was not repeated for you. Where several processes serve, send the answers to the one that asked.';

  constructor() {
    super(
      'The call that these answers belong to does not wait here any more: it was answered, ran out of time, or is held by another process of the gateway.',
    );
  }
}

/** An answer that nobody waits for here: the question is over, or another process of the gateway asked it. */
export class QuestionUnknownError extends DomainError {
  readonly code = 'question_unknown';
  readonly kind = 'conflict';
  readonly title = 'No question waits for this answer';
  override readonly hint =
    'Send answers to the gateway process that asked: keep the requests of a session together by its Mcp-Session-Id.';

  constructor() {
    super('The answer belongs to no open question of this session in this process of the gateway.');
  }
}

export class UnexpectedTaskError extends DomainError {
  readonly code = 'unexpected_task';
  readonly kind = 'upstream';
  readonly title = 'The MCP server answered with a task';
  override readonly hint = 'Nobody declared the tasks extension: report this to the maker of the server.';

  constructor(method: string) {
    super(`"${method}" was answered with a task although the extension was not declared.`);
  }
}

export class EndlessQuestionsError extends DomainError {
  readonly code = 'endless_questions';
  readonly kind = 'upstream';
  readonly title = 'The MCP server does not come to a result';
  override readonly hint = 'It kept asking after every answer; look at what it asks for, and at its log.';

  constructor(rounds: number) {
    super(`The server asked in each of ${rounds} rounds and gave no result.`);
  }
}
