import { HEADER, isCall, isRequest, OLDER_VERSIONS, RPC, type RpcMessage, type RpcRequest } from '@app/mcp';
import { type CallLedger } from '../../records/call-record';
import { type FaceRequest, type FaceStream } from '../../faces/face-request';
import { rpcErrorOf } from '../../faces/rpc-errors';
import { CallTrace } from '../call-trace';
import { initializeResult } from '../description';
import { errorText, refuse, resultText, sendJson, sendNothing } from '../replies';
import { QuestionUnknownError, TooManyCallsError } from '../terminal.errors';
import { placeOf } from './event-log';
import { OlderCall } from './older-call';
import { answerRequest, passRequest } from './older-requests';
import { CALLS_PER_SESSION_MAX, type OlderSession } from './older-session';
import { type OlderSessions } from './older-sessions';

/** Follows what is still to be done for a request, and answers where that fails in a way that nobody thought of. */
export type Guard = (request: FaceStream, serve: () => Promise<void> | undefined) => void;

/** The older era towards clients: sessions, streams, and messages that go both ways. */
export class OlderFront {
  private open = 0;

  constructor(
    private readonly sessions: OlderSessions,
    private readonly ledger: CallLedger,
    private readonly guard: Guard,
  ) {}

  /** Requests that are not answered yet. */
  get openCalls(): number {
    return this.open;
  }

  /** A promise only of what is still to do after it returned, and not followed by anybody else. */
  post(request: FaceRequest, message: RpcMessage): Promise<void> | undefined {
    if (isCall(message) && isRequest(message) && message.method === 'initialize')
      return this.initialize(request, message);
    const session = this.sessionOf(request);
    if (session === undefined) return undefined;
    if (isCall(message) && isRequest(message)) return this.request(session, request, message);
    if (isCall(message)) session.notified(message);
    else if (!session.questions.answered(message)) {
      // Silence would leave the client waiting for a call that nobody can go on with.
      refuse(request.response, 409, rpcErrorOf(new QuestionUnknownError(), request.scope.traceId));
      return undefined;
    }
    sendNothing(request.response);
    return undefined;
  }

  stream(request: FaceStream): void {
    const session = this.sessionOf(request);
    if (session === undefined) return;
    const lastEventId = request.request.headers['last-event-id'];
    session.streams.open(request.response, placeOf(textOf(lastEventId)));
    session.subscriptions.hearOfLists();
  }

  end(request: FaceStream): void {
    const session = this.sessionOf(request);
    if (session === undefined) return;
    this.sessions.end(session);
    sendNothing(request.response, 200);
  }

  /** Answers for itself when there is none: 404 is what makes a client begin anew. */
  private sessionOf({ face, principal, request, response }: FaceStream): OlderSession | undefined {
    const version = request.headers[HEADER.version];
    if (version !== undefined && !OLDER_VERSIONS.includes(textOf(version) ?? '')) {
      const supported = OLDER_VERSIONS.join(', ');
      refuse(response, 400, {
        code: RPC.invalidRequest,
        message: `Unsupported protocol version; supported: ${supported}`,
      });
      return undefined;
    }
    const id = textOf(request.headers[HEADER.session]);
    if (id === undefined) {
      refuse(response, 400, { code: RPC.invalidRequest, message: 'Mcp-Session-Id is missing' });
      return undefined;
    }
    const session = this.sessions.find(id, face, principal);
    if (session === undefined)
      refuse(response, 404, { code: RPC.invalidRequest, message: 'Session not found' });
    return session;
  }

  private async initialize(request: FaceRequest, message: RpcRequest): Promise<void> {
    const { face, principal, response, scope } = request;
    let session: OlderSession | undefined;
    let trace: CallTrace | undefined;
    try {
      session = this.sessions.begin(face, principal, message.params ?? {});
      trace = this.traceOf(session, request, message);
      const description = await session.conversation.describe();
      const result = initializeResult(session.params.protocolVersion, description);
      trace.answered(result);
      sendJson(response, resultText(message.id, result), 200, { 'Mcp-Session-Id': session.identity.id });
    } catch (error) {
      if (session !== undefined) this.sessions.end(session);
      const said = rpcErrorOf(error, scope.traceId);
      trace?.failed(error, said.code, false);
      sendJson(response, errorText(message.id, said));
    }
  }

  private request(
    session: OlderSession,
    request: FaceRequest,
    message: RpcRequest,
  ): Promise<void> | undefined {
    const { response, scope } = request;
    const trace = this.traceOf(session, request, message);
    if (session.calls.has(message.id)) {
      const error = {
        code: RPC.invalidRequest,
        message: 'This id is in use by a request that is still open',
      };
      trace.refused(error.code);
      refuse(response, 400, error, message.id);
      return undefined;
    }
    if (session.calls.size >= CALLS_PER_SESSION_MAX) {
      const error = rpcErrorOf(new TooManyCallsError('A session', CALLS_PER_SESSION_MAX), scope.traceId);
      trace.refused(error.code);
      refuse(response, 429, error, message.id);
      return undefined;
    }
    const call = this.callOf(session, request, message, trace);
    if (call.isStillborn) {
      call.cancel('The client went away');
      return undefined;
    }
    const open = { session, call, trace, face: request.face, traceId: scope.traceId };
    const isPassing = passRequest(open, message, (begun) => {
      this.guard(request, () => answerRequest(open, message, begun));
    });
    return isPassing ? undefined : answerRequest(open, message);
  }

  private callOf(
    session: OlderSession,
    request: FaceRequest,
    { id }: RpcRequest,
    trace: CallTrace,
  ): OlderCall {
    const { response, scope } = request;
    const { traceparent } = scope;
    const { onOver } = this;
    const context = { response, trace, traceparent, mayStream: acceptsStream(request), onOver };
    const call = new OlderCall(id, session, context);
    session.calls.set(id, call);
    this.open += 1;
    return call;
  }

  private readonly onOver = (): void => {
    this.open -= 1;
  };

  private traceOf(session: OlderSession, { face, scope }: FaceRequest, message: RpcRequest): CallTrace {
    const { params } = session;
    const context = { face, scope, protocolVersion: params.protocolVersion, sessionId: params.key };
    return new CallTrace(this.ledger, context, message);
  }
}

const textOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** `Accept` is optional here: what says nothing takes everything. */
const acceptsStream = ({ request }: FaceRequest): boolean => {
  const { accept } = request.headers;
  return accept === undefined || accept.includes('text/event-stream') || accept.includes('*/*');
};
