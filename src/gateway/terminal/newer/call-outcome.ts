import { type JsonObject } from '@app/kernel';
import { newerStatus, RPC, type RpcError } from '@app/mcp';
import { rpcErrorOf } from '../../faces/rpc-errors';
import { type CallTrace } from '../call-trace';
import { missingFor } from '../client-capabilities';
import { isInputRequired, isTask, readInputRequired } from '../input-required';
import { errorText, resultText } from '../replies';
import { missing, RpcFault } from '../terminal.errors';
import { type NewerAnswer } from './newer-answer';
import { newerResult } from './newer-result';
import { type HeldState, type HeldStates, type StateBinding } from './held-states';
import { type CallVisit, type Outcome } from './newer-call';

/** One request as its client sees it: what it is answered on, and what is written down about it. */
export interface Visit extends CallVisit {
  readonly answer: NewerAnswer;
  readonly trace: CallTrace;
}

export interface OutcomeContext {
  readonly binding: StateBinding;
  readonly states: HeldStates;
  readonly capabilities: JsonObject;
  readonly traceId: string;
}

type Known =
  | { readonly result: JsonObject }
  | { readonly error: RpcError; readonly cause: unknown; readonly isCancelled: boolean };

/** What came of a request, in the words of the newer era. Decided once; told to whoever visits when it is known. */
export class CallOutcome implements Outcome<Visit> {
  private known: Known | undefined;

  constructor(private readonly context: OutcomeContext) {}

  get isKnown(): boolean {
    return this.known !== undefined;
  }

  result(result: JsonObject): void {
    try {
      this.known ??= { result: this.translated(result) };
    } catch (error) {
      this.failure(error, false);
    }
  }

  failure(cause: unknown, isCancelled: boolean): void {
    const error =
      cause instanceof RpcFault ? cause.error : newerError(rpcErrorOf(cause, this.context.traceId));
    this.known ??= { error, cause, isCancelled };
  }

  send({ answer, trace }: Visit): void {
    const { known } = this;
    if (known === undefined) return;
    if ('result' in known) {
      trace.answered(known.result);
      answer.finish(resultText(answer.id, known.result));
      return;
    }
    const { error, cause, isCancelled } = known;
    if (cause instanceof RpcFault) trace.refused(error.code);
    else trace.failed(cause, error.code, isCancelled);
    answer.finish(errorText(answer.id, error), newerStatus(error.code));
  }

  /** Not the end yet: the client is to answer first. */
  sendQuestions({ answer, trace }: Visit, inputRequests: JsonObject, state: HeldState): void {
    const requestState = this.context.states.seal(state, this.context.binding);
    const result = { resultType: 'input_required', inputRequests, requestState };
    trace.answered(result);
    answer.finish(resultText(answer.id, newerResult(this.context.binding.method, result)));
  }

  private translated(result: JsonObject): JsonObject {
    if (isTask(result)) throw missing({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
    if (isInputRequired(result)) this.demandDeclared(result);
    return newerResult(this.context.binding.method, result);
  }

  /** Questions of an upstream that speaks this era go through as they are, if its client can answer them. */
  private demandDeclared(result: JsonObject): void {
    for (const { method, params } of readInputRequired(result).requests.values()) {
      const required = missingFor(this.context.capabilities, method, params);
      if (required !== undefined) throw missing(required);
    }
  }
}

/** The older era has a code of its own for what is an invalid parameter in this one. */
const newerError = (error: RpcError): RpcError =>
  error.code === RPC.resourceNotFound ? { ...error, code: RPC.invalidParams } : error;
