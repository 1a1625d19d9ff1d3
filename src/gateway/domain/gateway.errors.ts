import { DomainError, type FieldProblem, type UpstreamLayer } from '@app/kernel';

export class ServerUnknownError extends DomainError {
  readonly code = 'server_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such server';
  override readonly hint = 'List the servers with GET /api/v1/mcp/servers/status; names are exact.';

  constructor(name: string) {
    super(`No instance is named "${name}".`);
  }
}

/** The instance exists and cannot be called now; the reason is the one of its status. */
export class ServerNotRunningError extends DomainError {
  readonly code = 'server_not_running';
  readonly kind = 'unavailable';
  readonly title = 'The server is not running';
  override readonly hint = 'Look at the status of the instance; start it if it was stopped.';

  constructor(name: string, status: string, reason: string, retryAfterS: number) {
    super(`"${name}" is ${status}: ${reason}`, {
      retryAfterS,
      upstream: { server_name: name, layer: 'tcp' },
    });
  }
}

/** Connecting failed a moment ago and is not tried again before its time. */
export class UpstreamWaitingError extends DomainError {
  readonly code = 'upstream_waiting';
  readonly kind = 'unavailable';
  readonly title = 'The server could not be reached; the next try is due';
  override readonly hint =
    'Wait as long as Retry-After says; the servers’ status shows the time of the next try.';

  constructor(name: string, cause: string, layer: UpstreamLayer, retryAfterS: number) {
    super(`"${name}" could not be reached: ${cause}`, {
      retryAfterS,
      upstream: { server_name: name, layer },
    });
  }
}

/**
 * The connection was lost, or time ran out, after the call may have begun. It is not repeated by us, because a tool that
 * ran once might run twice.
 */
export class CallOutcomeUnknownError extends DomainError {
  readonly code = 'call_outcome_unknown';
  readonly kind = 'upstream';
  readonly title = 'It is not known whether the tool ran';
  override readonly hint =
    'Find out by the tool’s own means before you repeat the call; it was not repeated for you.';

  constructor(name: string, tool: string, layer: UpstreamLayer, cause: Error) {
    super(`The answer of "${tool}" of "${name}" was lost after the call may have begun: ${cause.message}`, {
      cause,
      upstream: { server_name: name, layer },
    });
  }
}

/** Time ran out: the caller’s, or the one of the server. */
export class CallTimedOutError extends DomainError {
  readonly code = 'call_timed_out';
  readonly kind = 'timeout';
  readonly title = 'The tool did not answer in time';
  override readonly hint =
    'Find out whether it ran before you repeat the call, or allow more time with timeout_ms.';

  constructor(name: string, tool: string, about: { limitMs: number; mayHaveRun: boolean; cause: unknown }) {
    const outcome = about.mayHaveRun ? 'whether it ran to its end is not known' : 'it was not started';
    super(`"${tool}" of "${name}" did not answer within ${about.limitMs} ms; ${outcome}.`, {
      cause: about.cause,
      upstream: { server_name: name, layer: 'timeout' },
    });
  }
}

/** Closed after the longest time that memory may stand in for the truth. */
export class RoutingUnavailableError extends DomainError {
  readonly code = 'routing_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The gateway does not know the servers';
  override readonly hint = 'Try again when the database answers; GET /health says how it is.';

  constructor(message: string) {
    super(message, { retryAfterS: 2 });
  }
}

export class EndpointUnknownError extends DomainError {
  readonly code = 'endpoint_unknown';
  readonly kind = 'not_found';
  readonly title = 'There is no such endpoint';
  override readonly hint = 'List the endpoints with GET /api/v1/mcp/endpoints.';

  constructor(name: string) {
    super(`No virtual endpoint is named "${name}".`);
  }
}

export class EndpointNameTakenError extends DomainError {
  readonly code = 'endpoint_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name, or delete the endpoint that has it.';

  constructor(name: string) {
    super(`A virtual endpoint named "${name}" already exists.`);
  }
}

export class EndpointInvalidError extends DomainError {
  readonly code = 'endpoint_invalid';
  readonly kind = 'invalid';
  readonly title = 'The endpoint cannot work like this';
  override readonly hint = 'Correct the members that the errors point at.';
}

export class ClientUnknownError extends DomainError {
  readonly code = 'client_unknown';
  readonly kind = 'invalid';
  readonly title = 'There is no configuration for this client';
  override readonly hint = 'Take one of the ids of GET /api/v1/mcp/connect/clients.';

  constructor(client: string) {
    super(`No client has the id "${client}".`, {
      errors: [{ pointer: '/query/client', code: 'unknown', detail: 'is not the id of a client' }],
    });
  }
}

export class ArgumentsInvalidError extends DomainError {
  readonly code = 'tool_arguments_invalid';
  readonly kind = 'invalid';
  readonly title = 'The arguments do not fit the tool';
  override readonly hint = 'Correct what the errors point at; the tool’s input_schema says what it takes.';

  constructor(server: string, tool: string, errors: readonly FieldProblem[]) {
    super(`The arguments for "${tool}" of "${server}" do not fit its input schema.`, { errors });
  }
}

export class PromptUnknownError extends DomainError {
  readonly code = 'prompt_unknown';
  readonly kind = 'not_found';
  readonly title = 'The MCP server has no such prompt';
  override readonly hint = 'List the prompts with GET /api/v1/mcp/prompts; names are case-sensitive.';

  constructor(server: string, prompt: string) {
    super(`"${server}" has no prompt named "${prompt}".`, {
      upstream: { server_name: server, layer: 'mcp' },
    });
  }
}

export class PromptArgumentsInvalidError extends DomainError {
  readonly code = 'prompt_arguments_invalid';
  readonly kind = 'invalid';
  readonly title = 'The arguments do not fit the prompt';
  override readonly hint = 'Give the arguments that the errors point at.';

  constructor(server: string, prompt: string, missing: readonly string[]) {
    const errors = missing.map((name) => ({
      pointer: `/arguments/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'required',
      detail: 'The prompt marks it required.',
    }));
    super(`The prompt "${prompt}" of "${server}" needs ${missing.join(', ')}.`, { errors });
  }
}

export class ResourceUnknownError extends DomainError {
  readonly code = 'resource_unknown';
  readonly kind = 'not_found';
  readonly title = 'The MCP server has no such resource';
  override readonly hint =
    'List the resources with GET /api/v1/mcp/resources and send a uri as it stands there.';

  constructor(server: string, uri: string) {
    super(`"${server}" has no resource "${uri}".`, { upstream: { server_name: server, layer: 'mcp' } });
  }
}
