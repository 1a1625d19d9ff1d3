import { type JsonObject } from '@app/kernel';
import { McpProtocolError, type McpToolResult } from '@app/mcp';
import { missingFor } from '../../terminal/client-capabilities';
import { isInputRequired, isTask, readInputRequired } from '../../terminal/input-required';
import { type HeldState, type BoundStates, type StateBinding } from '../../terminal/newer/held-states';
import { type Outcome } from '../../terminal/newer/newer-call';
import { EndlessQuestionsError, UnexpectedTaskError } from '../../terminal/terminal.errors';
import { type AskingLimits } from './asking-limits';
import { type AskingAnswer, type InputState } from './asking-answer';
import { type RestVisit } from './rest-visit';

export interface RestOutcomeContext {
  readonly serverName: string;
  readonly binding: StateBinding;
  readonly states: BoundStates<InputState>;
  readonly capabilities: JsonObject;
  readonly limits: AskingLimits;
  /** Rounds that the call has had already, where each of them stands for itself. */
  readonly round: number;
}

type Known = { readonly answer: AskingAnswer } | { readonly error: Error };

/** What came of a call, for the REST face: the result, a problem, or what the server asks. */
export class RestOutcome implements Outcome<RestVisit> {
  private known: Known | undefined;

  constructor(private readonly context: RestOutcomeContext) {}

  get isKnown(): boolean {
    return this.known !== undefined;
  }

  result(result: JsonObject): void {
    try {
      this.known ??= { answer: this.read(result) };
    } catch (error) {
      this.failure(error);
    }
  }

  failure(cause: unknown): void {
    this.known ??= { error: cause instanceof Error ? cause : new Error('The call failed', { cause }) };
  }

  send(visit: RestVisit): void {
    const { known } = this;
    if (known === undefined) return;
    if ('answer' in known) visit.finish(known.answer);
    else visit.fail(known.error);
  }

  sendQuestions(visit: RestVisit, requests: JsonObject, { call, round: turn }: HeldState): void {
    visit.finish(this.asking(requests, { kind: 'held', call, turn }, turn));
  }

  private read(result: JsonObject): AskingAnswer {
    if (isTask(result)) throw new UnexpectedTaskError('tools/call');
    if (isInputRequired(result)) return this.questionsOf(result);
    if (isToolResult(result)) return { result };
    throw this.violation('its answer to tools/call has not the right shape');
  }

  /** A server of the newer era keeps nothing open: it gives its state away and takes it back with the answers. */
  private questionsOf(result: JsonObject): AskingAnswer {
    const { requests, requestState: state } = readInputRequired(result);
    const { capabilities, limits, round } = this.context;
    for (const { method, params } of requests.values())
      if (missingFor(capabilities, method, params) !== undefined)
        throw this.violation(`it asked for ${method}, which nobody offered to answer`);
    if (round >= limits.roundsMax) throw new EndlessQuestionsError(limits.roundsMax);
    const asked = Object.fromEntries(
      [...requests].map(([key, { method, params }]) => [key, { method, params }]),
    );
    return this.asking(asked, { kind: 'server', ...(state === undefined ? {} : { state }) }, round + 1);
  }

  private asking(
    requests: JsonObject,
    where:
      | { readonly kind: 'held'; readonly call: string; readonly turn: number }
      | { readonly kind: 'server'; readonly state?: string },
    round: number,
  ): AskingAnswer {
    const { states, binding, limits } = this.context;
    const state: InputState = { ...where, round, expiresAtMs: Date.now() + limits.waitMs };
    const requestState = states.seal(state, binding);
    return { inputRequired: { requests, requestState, expiresInMs: limits.waitMs } };
  }

  private violation(what: string): McpProtocolError {
    const { serverName } = this.context;
    return new McpProtocolError(`"${serverName}" broke the protocol: ${what}.`, 'mcp', { serverName });
  }
}

const isToolResult = (value: JsonObject): value is McpToolResult => Array.isArray(value.content);
