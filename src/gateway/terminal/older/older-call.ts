import { type JsonObject } from '@app/kernel';
import { type RpcId, type RpcNotification } from '@app/mcp';
import { type RawResponse } from '@app/plain-http';
import { type CallTrace } from '../call-trace';
import { type Destination, type Exchange, type Passage } from '../conversation';
import { EventSink } from '../event-sink';
import { passedText, sendJson, sendNothing, sendPassed } from '../replies';
import { type EventLog } from './event-log';
import { type Questions } from './questions';
import { type SessionStreams } from './session-streams';

/** A client whose stream broke gets this long to come back for the rest of it; then its call is given up. */
const COME_BACK_MS = 10_000;

/** The session, as far as its calls know it. */
export interface CallOwner {
  readonly params: { readonly protocolVersion: string };
  readonly questions: Questions;
  readonly streams: SessionStreams;
  hears(message: RpcNotification): boolean;
  callEnded(call: OlderCall): void;
}

export interface CallContext {
  readonly response: RawResponse;
  readonly trace: CallTrace;
  readonly traceparent: string;
  readonly mayStream: boolean;
  /** However it ended. */
  readonly onOver: () => void;
}

/**
 * One request of a session. Its answer is plain JSON as long as nothing but the result has to be said, and becomes an event
 * stream, which can be resumed, with the first message before that.
 */
export class OlderCall implements Exchange {
  /** Made when somebody wants to hear of it: most calls end before that. */
  private controller: AbortController | undefined = undefined;
  private passage: Passage | undefined = undefined;
  private cancelled: Error | undefined = undefined;
  private log: EventLog | undefined = undefined;
  private comeBack: NodeJS.Timeout | undefined = undefined;
  private isOver = false;

  constructor(
    readonly id: RpcId,
    private readonly session: CallOwner,
    private readonly context: CallContext,
  ) {
    context.response.on('close', () => {
      this.connectionClosed();
    });
  }

  get isCancelled(): boolean {
    return this.cancelled !== undefined;
  }

  /** The client went away before its request was read to the end. */
  get isStillborn(): boolean {
    return this.context.response.destroyed;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.cancelled !== undefined) this.controller.abort(this.cancelled);
    return this.controller.signal;
  }

  get traceparent(): string {
    return this.context.traceparent;
  }

  routed(destination: Destination): void {
    this.context.trace.routed(destination);
  }

  say(message: RpcNotification): void {
    if (this.session.hears(message)) this.put(JSON.stringify(message));
  }

  ask(method: string, params: JsonObject): Promise<JsonObject> {
    return this.session.questions.ask(method, params, this.signal, (json) => this.put(json));
  }

  /** The request is on the shortest way, which is left when nobody waits for it any more. */
  follow(passage: Passage): void {
    this.passage = passage;
    if (this.cancelled !== undefined) passage.abort(this.cancelled);
  }

  /** With a result as its server wrote it. */
  pass(result: Buffer): void {
    if (this.log !== undefined) this.finish(passedText(this.id, result));
    else if (this.close()) sendPassed(this.context.response, this.id, result);
  }

  finish(text: string, status = 200, headers?: Readonly<Record<string, string>>): void {
    if (!this.close()) return;
    if (this.log === undefined) {
      sendJson(this.context.response, text, status, headers);
      return;
    }
    this.log.send(text);
    this.log.complete();
  }

  /** The client wants no answer any more, and gets none. */
  cancel(reason: string): void {
    if (!this.close()) return;
    this.context.trace.cancelled();
    this.cancelled = new Error(reason);
    this.passage?.abort(this.cancelled);
    this.controller?.abort(this.cancelled);
    if (this.log === undefined) sendNothing(this.context.response);
    else this.log.complete();
  }

  /** Called whenever a connection that carried this call ends. */
  connectionClosed(): void {
    if (this.isOver || this.log?.isListenedTo === true) return;
    if (this.log === undefined) {
      this.cancel('The client went away');
      return;
    }
    clearTimeout(this.comeBack);
    this.comeBack = setTimeout(() => {
      if (this.log?.isListenedTo !== true) this.cancel('The client went away and did not come back');
    }, COME_BACK_MS).unref();
  }

  private put(json: string): boolean {
    if (this.isOver || !this.context.mayStream) return false;
    this.log ??= this.openLog();
    this.log.send(json);
    return true;
  }

  private openLog(): EventLog {
    const log = this.session.streams.begin(this);
    log.attach(new EventSink(this.context.response));
    // Older clients take an event without data for a broken message.
    if (this.session.params.protocolVersion >= '2025-11-25') log.prime();
    return log;
  }

  /** False when it was over before. */
  private close(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    clearTimeout(this.comeBack);
    this.session.callEnded(this);
    this.context.onOver();
    return true;
  }
}
