import { type JsonObject } from '@app/kernel';
import {
  isCall,
  isObject,
  isRequest,
  newerFault,
  newerStatus,
  RPC,
  type RpcMessage,
  type RpcRequest,
} from '@app/mcp';
import { type Keyring } from '@app/security';
import { identityOf } from '@app/telemetry';
import { type FaceRequest } from '../../faces/face-request';
import { rpcErrorOf } from '../../faces/rpc-errors';
import { type CallLedger } from '../../records/call-record';
import { CallTrace, routeOf } from '../call-trace';
import { type Conversations, type McpClient } from '../conversation';
import { discoverResult } from '../description';
import { isForwarded } from '../methods';
import { errorText, refuse, resultText, sendNothing } from '../replies';
import { HeldCallLostError, RpcFault } from '../terminal.errors';
import { CallOutcome, type Visit } from './call-outcome';
import { HeldCalls } from './held-calls';
import { Listeners } from './listeners';
import { MirroredCheck } from './mirrored-check';
import { NewerAnswer } from './newer-answer';
import { NewerCall } from './newer-call';
import { clientOf, logLevelOf, ownParams } from './newer-client';
import { HeldStates, type StateBinding } from './held-states';

interface OpenRequest extends Visit {
  readonly request: FaceRequest;
  readonly message: RpcRequest;
  readonly client: McpClient;
}

/** The newer era towards clients: every request stands for itself. */
export class NewerFront {
  private readonly held = new HeldCalls<NewerCall<Visit>>();
  private readonly listeners = new Listeners();
  private readonly mirrored = new MirroredCheck();
  private readonly states: HeldStates;

  constructor(
    private readonly conversations: Conversations,
    private readonly ledger: CallLedger,
    keyring: Keyring,
  ) {
    this.states = new HeldStates(keyring);
  }

  get openStreams(): number {
    return this.listeners.size;
  }

  async post(request: FaceRequest, message: RpcMessage): Promise<void> {
    const { response, principal } = request;
    if (!isCall(message)) {
      refuse(response, 400, {
        code: RPC.invalidRequest,
        message: 'Answers are sent with the request repeated',
      });
      return;
    }
    if (!isRequest(message)) {
      sendNothing(response);
      return;
    }
    const client = clientOf(principal, message);
    const trace = this.traceOf(request, message, client);
    const fault = newerFault(message, request.request.headers);
    if (fault !== undefined) {
      trace.refused(fault.code);
      refuse(response, 400, fault, message.id);
      return;
    }
    const answer = new NewerAnswer(message.id, response, acceptsStream(request));
    await this.serve({ request, message, client, answer, trace });
  }

  close(): void {
    this.held.close();
    this.listeners.close();
  }

  private async serve(open: OpenRequest): Promise<void> {
    const { answer, trace, message, request } = open;
    try {
      await this.dispatch(open);
    } catch (error) {
      const isFault = error instanceof RpcFault;
      const said = isFault ? error.error : rpcErrorOf(error, request.scope.traceId);
      if (isFault) trace.refused(said.code);
      else trace.failed(error, said.code, false);
      answer.finish(errorText(message.id, said), isFault ? error.status : newerStatus(said.code));
    }
  }

  private dispatch(open: OpenRequest): Promise<void> {
    const { method } = open.message;
    if (method === 'server/discover') return this.discover(open);
    if (method === 'subscriptions/listen') return this.listen(open);
    if (!isForwarded(open.request.face, method))
      throw new RpcFault({ code: RPC.methodNotFound, message: `Method not found: ${method}` }, 404);
    return this.forward(open);
  }

  private async discover({ request, client, answer, trace }: OpenRequest): Promise<void> {
    const conversation = this.conversations.open(request.face, client);
    try {
      const result = discoverResult(await conversation.describe());
      trace.answered(result);
      answer.finish(resultText(answer.id, result));
    } finally {
      await conversation.close();
    }
  }

  private async listen({ request, client, answer, trace, message }: OpenRequest): Promise<void> {
    const conversation = this.conversations.open(request.face, client);
    try {
      await this.listeners.listen({ message, answer, trace, conversation });
    } catch (error) {
      await conversation.close();
      throw error;
    }
  }

  private async forward(open: OpenRequest): Promise<void> {
    const { request, message, client, answer, trace } = open;
    const { method } = message;
    const params = ownParams(message.params ?? {});
    const binding = {
      principalId: identityOf(client.principal),
      route: routeOf(request.face),
      method,
      params,
    };
    const answers = answersOf(params);
    if (this.goesOn({ answer, trace }, binding, answers)) return;
    const conversation = this.conversations.open(request.face, client);
    try {
      if (method === 'tools/call') await this.mirrored.check(conversation, params, request.request.headers);
    } catch (error) {
      await conversation.close();
      throw error;
    }
    const { traceId, traceparent } = request.scope;
    const { capabilities } = client;
    const outcome = new CallOutcome({ binding, states: this.states, capabilities, traceId });
    const logLevel = logLevelOf(message.params);
    const context = { client, conversation, outcome, held: this.held, logLevel, traceparent };
    await new NewerCall(context, { answer, trace }).run(method, params);
  }

  /** True when the request belongs to a call that waits here, and now goes on. */
  private goesOn(visit: Visit, binding: StateBinding, answers: JsonObject): boolean {
    const { requestState } = binding.params;
    if (requestState === undefined) return false;
    if (typeof requestState !== 'string') throw invalidParams('requestState must be a string');
    const state = this.states.open(requestState, binding);
    if (state === undefined) return false;
    const call = this.held.find(state.call);
    if (call === undefined) throw new HeldCallLostError();
    call.resume(visit, state.round, answers);
    return true;
  }

  private traceOf({ face, scope }: FaceRequest, message: RpcRequest, client: McpClient): CallTrace {
    return new CallTrace(this.ledger, { face, scope, protocolVersion: client.protocolVersion }, message);
  }
}

/** Every answer is an object, in the words of what was asked. */
function answersOf({ inputResponses }: JsonObject): JsonObject {
  if (inputResponses === undefined) return {};
  if (!isObject(inputResponses) || !Object.values(inputResponses).every(isObject))
    throw invalidParams('inputResponses must hold an object for each key');
  return inputResponses;
}

const invalidParams = (message: string): RpcFault => new RpcFault({ code: RPC.invalidParams, message });

const acceptsStream = ({ request }: FaceRequest): boolean => {
  const { accept } = request.headers;
  return accept === undefined || accept.includes('text/event-stream') || accept.includes('*/*');
};
