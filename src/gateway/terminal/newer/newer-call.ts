import { randomBytes } from 'node:crypto';
import { type JsonObject } from '@app/kernel';
import { isObject, McpRequestRefusedError, RPC, type RpcNotification } from '@app/mcp';
import { identityOf } from '@app/telemetry';
import { missingFor } from '../client-capabilities';
import { type Conversation, type Destination, type Exchange, type McpClient } from '../conversation';
import { passesLevel } from '../log-level';
import { EndlessQuestionsError, HeldCallLostError, missing, TooManyCallsError } from '../terminal.errors';
import { type HeldState } from './held-states';

/** How long an upstream is kept waiting for the answers of a client. */
export const HELD_LIMIT_MS = 5 * 60_000;
const QUESTIONS_MAX = 20;
const KEY_BYTES = 12;

/** One request of a client, for as long as it waits for an answer. */
export interface CallVisit {
  readonly answer: {
    say(message: RpcNotification): void;
    onGone(listener: () => void): void;
  };
  readonly trace: {
    routed(to: Destination): void;
    cancelled(): void;
  };
}

/** What comes of a call, in the words of whoever made it. */
export interface Outcome<V extends CallVisit> {
  readonly isKnown: boolean;
  result(result: JsonObject): void;
  failure(cause: unknown, isCancelled: boolean): void;
  send(visit: V): void;
  /** Not the end yet: the client is to answer first. */
  sendQuestions(visit: V, inputRequests: JsonObject, state: HeldState): void;
}

/** Room for calls that wait; they belong to whoever keeps them. */
export interface HoldingPlace<V extends CallVisit> {
  admit(call: NewerCall<V>): boolean;
  release(call: NewerCall<V>): void;
}

/** Where a client is asked otherwise than over MCP, whose clients bound this by themselves. */
export interface AskingRules {
  readonly waitMs: number;
  readonly roundsMax: number;
  /** What cannot be asked is declined, and the call goes on; MCP wants the whole request refused. */
  readonly declines: boolean;
  /** What ends a call that there is no room for. */
  readonly noRoom: () => Error;
}

interface Question {
  readonly request: JsonObject;
  settle(outcome: JsonObject | Error): void;
}

export interface NewerCallContext<V extends CallVisit> {
  readonly client: McpClient;
  readonly conversation: Pick<Conversation, 'request' | 'close'>;
  readonly outcome: Outcome<V>;
  readonly traceparent: string;
  readonly logLevel: string | undefined;
  readonly held: HoldingPlace<V>;
  readonly rules?: AskingRules;
}

/**
 * One request at an upstream. Usually it lives as long as one request of the client; where an older upstream asks something
 * on the way, the client gets the questions for an answer and this goes on when it comes back.
 */
export class NewerCall<V extends CallVisit = CallVisit> implements Exchange {
  private knownKey: string | undefined;
  private readonly controller = new AbortController();
  private readonly questions = new Map<string, Question>();
  private visit: V | undefined;
  private destination: Destination | undefined;
  private asking: NodeJS.Immediate | undefined;
  private expiry: NodeJS.Timeout | undefined;
  private asked = 0;
  private round = 0;
  private isOver = false;

  constructor(
    private readonly context: NewerCallContext<V>,
    visit: V,
  ) {
    this.begin(visit);
  }

  /** Made at its first use: few calls are ever looked for. */
  get key(): string {
    this.knownKey ??= randomBytes(KEY_BYTES).toString('base64url');
    return this.knownKey;
  }

  get callerId(): string {
    return identityOf(this.context.client.principal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get traceparent(): string {
    return this.context.traceparent;
  }

  routed(destination: Destination): void {
    this.destination = destination;
    this.visit?.trace.routed(destination);
  }

  /** Between two visits nobody listens. */
  say(message: RpcNotification): void {
    const { logLevel } = this.context;
    if (message.method === 'notifications/message' && logLevel === undefined) return;
    if (logLevel === undefined || passesLevel(message, logLevel)) this.visit?.answer.say(message);
  }

  ask(method: string, params: JsonObject): Promise<JsonObject> {
    const refusal = this.refusalOf(method, params);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.questions.set(`q${++this.asked}`, {
        request: { method, params },
        settle: (outcome) => {
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      });
      // What a server asks in one breath goes to the client in one answer.
      this.asking ??= setImmediate(() => {
        this.asking = undefined;
        this.sendQuestions();
      });
    });
  }

  /** Runs to the end, which may be some visits away. Settles when this visit is answered. */
  async run(method: string, params: JsonObject): Promise<void> {
    if (this.isOver) return;
    try {
      const result = await this.context.conversation.request(method, params, this);
      this.outcome.result(result);
    } catch (error) {
      this.outcome.failure(error, this.signal.aborted);
    }
    this.end();
  }

  /** The client is back with answers; they reach the server that asked, or it is asked again for what is missing. */
  resume(visit: V, round: number, answers: JsonObject): void {
    if (this.isOver || round !== this.round || this.visit !== undefined) throw new HeldCallLostError();
    clearTimeout(this.expiry);
    this.begin(visit);
    if (this.destination !== undefined) visit.trace.routed(this.destination);
    for (const [key, question] of [...this.questions]) {
      const answer = answers[key];
      if (!isObject(answer)) continue;
      this.questions.delete(key);
      question.settle(answer);
    }
    if (this.questions.size > 0) this.sendQuestions();
    else if (this.outcome.isKnown) this.deliver();
  }

  giveUp(reason: string): void {
    if (this.isOver) return;
    this.controller.abort(new Error(reason));
    this.settleAll(reason);
    this.visit?.trace.cancelled();
    this.visit = undefined;
    this.close();
  }

  private get outcome(): Outcome<V> {
    return this.context.outcome;
  }

  private begin(visit: V): void {
    this.visit = visit;
    visit.answer.onGone(() => {
      if (this.visit === visit) this.giveUp('The client went away');
    });
  }

  private refusalOf(method: string, params: JsonObject): Error | undefined {
    if (this.isOver || this.signal.aborted) return refusedAs(RPC.internal, 'The client gave the request up');
    const required = missingFor(this.context.client.capabilities, method, params);
    const { rules, held } = this.context;
    if (required !== undefined) {
      const fault = missing(required);
      // The request needs what its client cannot do: that is its answer, and nothing goes on upstream.
      if (rules?.declines !== true) this.endWith(fault);
      return refusedAs(RPC.methodNotFound, fault.message);
    }
    if (this.questions.size >= QUESTIONS_MAX)
      return new TooManyCallsError('Questions of servers', QUESTIONS_MAX);
    if (held.admit(this)) return undefined;
    if (rules === undefined) return new TooManyCallsError('Questions of servers', QUESTIONS_MAX);
    const full = rules.noRoom();
    this.endWith(full);
    return full;
  }

  /** The answer is known and is no result of the upstream, which is told to stop. */
  private endWith(fault: Error): void {
    this.outcome.failure(fault, false);
    this.deliver();
    this.controller.abort(fault);
    this.settleAll(fault.message);
  }

  private settleAll(reason: string): void {
    for (const question of this.questions.values()) question.settle(refusedAs(RPC.internal, reason));
    this.questions.clear();
  }

  private sendQuestions(): void {
    const { visit } = this;
    if (this.isOver || visit === undefined || this.questions.size === 0) return;
    const { waitMs = HELD_LIMIT_MS, roundsMax = Number.POSITIVE_INFINITY } = this.context.rules ?? {};
    if (this.round >= roundsMax) {
      this.endWith(new EndlessQuestionsError(roundsMax));
      return;
    }
    this.round += 1;
    const inputRequests = Object.fromEntries(
      [...this.questions].map(([key, question]) => [key, question.request]),
    );
    const state = { call: this.key, round: this.round };
    this.expiry = setTimeout(() => {
      this.giveUp('The client did not come back with answers');
    }, waitMs).unref();
    this.visit = undefined;
    this.outcome.sendQuestions(visit, inputRequests, state);
  }

  private end(): void {
    if (this.isOver) return;
    this.settleAll('The call ended');
    // A call that ended between two visits waits for the next one, which expects its result.
    if (this.visit !== undefined) this.deliver();
  }

  private deliver(): void {
    const { visit } = this;
    this.visit = undefined;
    if (visit !== undefined) this.outcome.send(visit);
    this.close();
  }

  private close(): void {
    this.isOver = true;
    clearTimeout(this.expiry);
    clearImmediate(this.asking);
    if (this.knownKey !== undefined) this.context.held.release(this);
    this.context.conversation.close().catch(() => undefined); // What did not close is logged where it is kept.
  }
}

const refusedAs = (code: number, message: string): Error =>
  new McpRequestRefusedError(message, code, { serverName: 'client' });
