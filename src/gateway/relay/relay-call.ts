import { type ScannedMessage } from '@app/mcp';
import { type Findings, recordVisit } from '../faces/face-record';
import { SessionUnknownError } from '../faces/faces.errors';
import { gatheredBodies } from '../faces/gathered-bodies';
import { requestOf } from '../faces/visit';
import { type CallOutcome } from '../records/call-record';
import { upstreamTraceparent } from '../records/call-spans';
import { headOfAnswer, noteEra } from './answer-head';
import { Attempt, type AttemptOwner } from './attempt';
import { ClientAnswer } from './client-answer';
import { Deadline } from './deadline';
import { type SeenEvent } from './event-messages';
import { sayCancelled } from './farewell';
import { isCallersFault, isJson, isUnavailable, judge, messageIn, outcomeOfAnswer } from './judgement';
import {
  type Asked,
  codeOf,
  failureOf,
  outcomeOf,
  refusalOf,
  statusOfFailure,
  timedOut,
  toldAs,
} from './relay-failure';
import { requestHeaders } from './relay-headers';
import { moveOn, type OwnHeaders, ownHeaders } from './relay-target';
import { SecondChances } from './second-chances';
import { type RelayRequest, type RelayTools } from './relay-request';
import { Turn } from './turn';

const LISTEN = 'subscriptions/listen';
const NOTHING = Buffer.alloc(0);

/**
 * One message of a client on its way to a server of the same era, and the answer on its way back. Bytes pass as they are;
 * what is looked at is looked at in passing. A message is sent again only where it provably did not begin to run.
 */
export class RelayCall implements AttemptOwner {
  private readonly asked: Asked;
  private readonly answer: ClientAnswer;
  private readonly turn: Turn;
  private readonly deadline: Deadline;
  private readonly chances: SecondChances;
  private attempt: Attempt | undefined = undefined;
  private own: OwnHeaders | undefined = undefined;
  private sessionId: string | undefined = undefined;
  private result: ScannedMessage | undefined = undefined;
  private sentAtMs = 0;
  /** The traceparent of each attempt: to the server they are one request. */
  private sentAs: string | undefined = undefined;
  private failedAddresses = 0;
  private isSettled = false;
  /** The server gave its events ids: a client that went away may come back for the rest. */
  private isResumable = false;

  constructor(
    private readonly tools: RelayTools,
    private readonly ask: RelayRequest,
  ) {
    const { route, scan, visit } = ask;
    const upstream = tools.pool.get(route);
    this.asked = { serverName: route.name, method: scan.method, name: scan.name };
    this.chances = new SecondChances(tools, ask, this.asked);
    this.answer = new ClientAnswer(visit, tools.keepAlives);
    this.turn = new Turn(this.isListening ? undefined : upstream.admission, visit.response);
    const limitMs = upstream.callLimitMs(tools.defaultCallTimeoutMs);
    this.deadline = new Deadline(tools.limits, limitMs, this.onExpired);
  }

  start(): void {
    this.turn.take(
      () => {
        this.begin();
      },
      (error) => {
        this.fail(error, false);
      },
    );
  }

  takesPieces(attempt: Attempt): boolean {
    const isEvents = attempt.headers['content-type']?.startsWith('text/event-stream') === true;
    if (attempt.status !== 200 || !isEvents) return false;
    noteEra(this.tools, this.ask);
    this.answer.openEvents(headOfAnswer(this.tools, this.ask, attempt), attempt);
    return true;
  }

  onPiece(attempt: Attempt, piece: Buffer): void {
    try {
      for (const event of this.answer.piece(piece, attempt)) this.see(event);
    } catch (error) {
      attempt.drop();
      this.fail(error, true);
    }
  }

  onLong(attempt: Attempt): boolean {
    const { status, headers } = attempt;
    if (status === 200 && isJson(attempt)) {
      this.answer.openLong(status, headOfAnswer(this.tools, this.ask, attempt), headers['content-length']);
      return true;
    }
    attempt.drop();
    this.fail(refusalOf(this.asked, status, headers['retry-after']), true);
    return false;
  }

  onEnd(attempt: Attempt, body: Buffer): void {
    if (this.answer.isEvents) this.endEvents();
    else if (this.answer.isLong) {
      this.answer.end();
      this.settle('ok');
    } else this.judge(attempt, body);
  }

  onFailure({ isSent }: Attempt, error: unknown): void {
    const { target } = this.ask;
    this.failedAddresses += 1;
    if (isSent || this.failedAddresses >= target.addresses.length) this.fail(error, isSent);
    else {
      // Nothing left us: another address of the same server may be the one that answers.
      moveOn(target);
      this.send();
    }
  }

  private get isListening(): boolean {
    return this.ask.scan.method === LISTEN;
  }

  private begin(): void {
    const { visit, target } = this.ask;
    if (visit.response.destroyed) {
      this.settle('cancelled');
      return;
    }
    visit.response.on('close', this.onClientGone);
    if (!this.isListening) this.deadline.start();
    if (target.credentials === undefined) this.send();
    else this.sendWith(ownHeaders(target));
  }

  private sendWith(own: Promise<OwnHeaders>): void {
    own.then(
      (headers) => {
        this.own = headers;
        if (!this.isSettled) this.send();
      },
      (error: unknown) => {
        this.fail(error, false);
      },
    );
  }

  private send(): void {
    const { target, session, visit, body } = this.ask;
    const address = target.addresses[target.preferred];
    if (address === undefined) return;
    this.sessionId = session === undefined ? undefined : this.tools.sessions.currentId(session);
    this.sentAs ??= upstreamTraceparent(visit.scope);
    const headers = requestHeaders(this.own?.headers ?? target.headers, visit.request.headers, {
      traceparent: this.sentAs,
      sessionId: this.sessionId,
    });
    this.sentAtMs = performance.now();
    this.attempt = new Attempt(this);
    const outbound = this.isListening ? target.streams : target.calls;
    outbound.dispatch(address, { method: 'POST', headers, body }, this.attempt);
  }

  /** A whole answer: heal what can be healed, pass on what makes sense, and put the rest into words. */
  private judge(attempt: Attempt, body: Buffer): void {
    const message = messageIn(attempt, body);
    const next = this.chances.after(attempt, message, { own: this.own, sessionId: this.sessionId });
    if (next === undefined) {
      this.conclude(attempt, body, message);
      return;
    }
    next.then(
      (step) => {
        if (this.isSettled) return;
        if (step.kind === 'elsewhere') this.handOver();
        else if (step.kind === 'conclude') this.conclude(attempt, body, message);
        else {
          this.own = step.own;
          this.send();
        }
      },
      (error: unknown) => {
        this.fail(error, false);
      },
    );
  }

  private conclude(attempt: Attempt, body: Buffer, message: ScannedMessage | undefined): void {
    const judgement = judge(attempt.status, message, this.ask.scan);
    if (judgement === 'refuse') this.refuse(attempt);
    else this.deliver(attempt, judgement === 'nothing' ? NOTHING : body, message);
  }

  private refuse({ status, headers }: Attempt): void {
    const isLost = status === 404 && this.ask.session !== undefined;
    const error = isLost ? new SessionUnknownError() : refusalOf(this.asked, status, headers['retry-after']);
    // What the server blames on the request is the caller's to know; what it says of credentials is ours.
    this.fail(error, true, isCallersFault(status) ? status : undefined);
  }

  private deliver(attempt: Attempt, body: Buffer, message: ScannedMessage | undefined): void {
    const { status, headers } = attempt;
    const head = headOfAnswer(this.tools, this.ask, attempt);
    this.result = message;
    if (status < 300) noteEra(this.tools, this.ask);
    // A server that says it cannot has not failed its caller only.
    const said = isUnavailable(status) ? refusalOf(this.asked, status, headers['retry-after']) : undefined;
    // First: a response that nobody listens to any more is over with its last byte.
    this.settle(outcomeOfAnswer(message), message?.errorCode, said);
    this.answer.whole(status, head, body);
    // Answered and written down: the message was looked at for the last time.
    if (attempt.isSpent) gatheredBodies.giveBack(this.ask.body);
  }

  private see({ message, hasId }: SeenEvent): void {
    if (hasId) this.isResumable = true;
    if (message === undefined) return;
    if (message.kind === 'response' && message.id === this.ask.scan.id) this.result = message;
    else if (message.method === 'notifications/progress') this.deadline.extend();
  }

  private endEvents(): void {
    const isOver = this.result !== undefined || this.ask.scan.kind !== 'request' || this.isListening;
    // A server of the older era may close a stream before the answer; its client comes back with the last event's id.
    if (!isOver && !(this.isResumable && this.ask.era === 'older')) {
      this.fail(
        failureOf(Object.assign(new Error('end'), { code: 'UND_ERR_SOCKET' }), this.asked, true),
        true,
      );
      return;
    }
    this.answer.end();
    this.settle(outcomeOfAnswer(this.result), this.result?.errorCode);
  }

  private handOver(): void {
    const { visit, route, body, era } = this.ask;
    this.release();
    void this.tools.front.post(requestOf(visit, { kind: 'server', route }, body), era);
  }

  private readonly onExpired = (limitMs: number): void => {
    const started = this.attempt?.isSent === true;
    this.attempt?.drop();
    this.cancelUpstream('it took too long');
    this.fail(timedOut(this.asked, limitMs, started), started);
  };

  private readonly onClientGone = (): void => {
    if (this.isSettled) return;
    this.attempt?.drop();
    this.answer.abandon();
    if (!this.isResumable) this.cancelUpstream('the client went away');
    this.settle('cancelled');
  };

  private cancelUpstream(reason: string): void {
    if (this.attempt?.isSent !== true) return;
    sayCancelled(this.ask, this.own?.headers ?? this.ask.target.headers, {
      sessionId: this.sessionId,
      reason,
    });
  }

  private fail(error: unknown, started: boolean, status?: number): void {
    if (this.isSettled) return;
    const failure = failureOf(error, this.asked, started);
    const told = toldAs(failure, this.asked);
    this.settle(outcomeOf(failure), codeOf(told), failure);
    this.answer.fail(told, status ?? statusOfFailure(failure, this.ask.scan, started));
  }

  private settle(outcome: CallOutcome, code?: string | number, error?: Error): void {
    if (this.isSettled) return;
    const { visit, route, session, body } = this.ask;
    this.release(error);
    if (session !== undefined && outcome === 'ok') this.tools.sessions.noteSetting(session, visit, body);
    const more: Findings = { instanceId: route.instanceId, serverName: route.name };
    if (code !== undefined) more.code = code;
    if (this.sentAtMs > 0) more.upstreamMs = performance.now() - this.sentAtMs;
    if (this.sentAs !== undefined) more.sentAs = this.sentAs;
    recordVisit(this.tools.ledger, visit, outcome, more);
  }

  private release(error?: Error): void {
    this.isSettled = true;
    this.deadline.stop();
    this.ask.visit.response.off('close', this.onClientGone);
    this.turn.leave(error);
  }
}
