import { recordVisit } from '../faces/face-record';
import { SessionUnknownError } from '../faces/faces.errors';
import { houseHeaders } from '../faces/replies';
import { type Visit } from '../faces/visit';
import { type CallOutcome } from '../records/call-record';
import { type CallableRoute } from '../routing/route';
import { Attempt, type AttemptOwner } from './attempt';
import { ClientAnswer } from './client-answer';
import { isOursToTell } from './judgement';
import { type Asked, codeOf, failureOf, refusalOf } from './relay-failure';
import { requestHeaders, responseHeaders } from './relay-headers';
import { type RelaySession } from './relay-sessions';
import { type OwnHeaders, ownHeaders, type RelayTarget } from './relay-target';
import { type RelayTools } from './relay-request';

/** GET or DELETE of the older era. */
export interface RelayBodiless {
  readonly visit: Visit;
  readonly method: 'GET' | 'DELETE';
  readonly route: CallableRoute;
  readonly target: RelayTarget;
  readonly session: RelaySession | undefined;
}

/**
 * The stream of what a server says unasked, for as long as both sides want it, or the end of a session. Neither takes the
 * place of a call, and neither says anything about the server's health.
 */
export class RelayStream implements AttemptOwner {
  private readonly answer: ClientAnswer;
  private readonly asked: Asked;
  private attempt: Attempt | undefined = undefined;
  private sessionId: string | undefined = undefined;
  private own: OwnHeaders | undefined = undefined;
  private isHealed = false;
  private isSettled = false;

  constructor(
    private readonly tools: RelayTools,
    private readonly ask: RelayBodiless,
  ) {
    this.answer = new ClientAnswer(ask.visit, tools.keepAlives);
    this.asked = { serverName: ask.route.name, method: ask.method, name: undefined };
  }

  get isOpen(): boolean {
    return !this.isSettled;
  }

  start(): void {
    const { visit, target } = this.ask;
    visit.response.on('close', this.onClientGone);
    ownHeaders(target).then(
      (own) => {
        this.own = own;
        if (!this.isSettled) this.send();
      },
      (error: unknown) => {
        this.fail(error);
      },
    );
  }

  /** The process ends: a clean end, so that the client knows to come back. */
  end(): void {
    if (this.isSettled) return;
    this.attempt?.drop();
    if (this.answer.isEvents) this.answer.end();
    else this.ask.visit.response.destroy();
    this.settle('ok');
  }

  takesPieces(attempt: Attempt): boolean {
    const isEvents = attempt.headers['content-type']?.startsWith('text/event-stream') === true;
    if (attempt.status !== 200 || !isEvents || this.ask.method !== 'GET') return false;
    this.answer.openEvents(responseHeaders(houseHeaders(this.ask.visit), attempt.headers), attempt);
    return true;
  }

  onPiece(attempt: Attempt, piece: Buffer): void {
    try {
      this.answer.piece(piece, attempt);
    } catch (error) {
      attempt.drop();
      this.fail(error);
    }
  }

  onLong(attempt: Attempt): boolean {
    attempt.drop();
    this.fail(refusalOf(this.asked, attempt.status, undefined));
    return false;
  }

  onEnd(attempt: Attempt): void {
    if (this.answer.isEvents) {
      this.answer.end();
      this.settle('ok');
    } else if (!this.heals(attempt)) {
      this.pass(attempt);
    }
  }

  onFailure(_attempt: Attempt, error: unknown): void {
    // A stream that breaks is opened again by its client; there is no request that an error could be the answer to.
    if (this.answer.isEvents) this.end();
    else this.fail(error);
  }

  private send(): void {
    const { visit, target, session, method } = this.ask;
    const address = target.addresses[target.preferred];
    if (address === undefined) return;
    this.sessionId = session === undefined ? undefined : this.tools.sessions.currentId(session);
    const { traceparent } = visit.scope;
    const headers = requestHeaders(this.own?.headers ?? target.headers, visit.request.headers, {
      traceparent,
      sessionId: this.sessionId,
    });
    this.attempt = new Attempt(this);
    target.streams.dispatch(address, { method, headers, body: null }, this.attempt);
  }

  /** The stream of a session that the server forgot; an end needs no healing. */
  private heals({ status }: Attempt): boolean {
    const { session, route, target, method } = this.ask;
    if (session === undefined || this.isHealed || method !== 'GET' || status !== 404) return false;
    this.isHealed = true;
    this.tools.sessions.replace(session, this.sessionId ?? session.upstreamId, route, target).then(
      (id) => {
        if (this.isSettled) return;
        if (id === undefined) this.fail(new SessionUnknownError());
        else this.send();
      },
      (error: unknown) => {
        this.fail(codeOf(error) === 'upstream_protocol_error' ? new SessionUnknownError() : error);
      },
    );
    return true;
  }

  /** Statuses of the protocol pass without their bodies, which say nothing to a program. */
  private pass({ status, headers }: Attempt): void {
    const { session, method, visit } = this.ask;
    if (isOursToTell(status)) {
      this.fail(refusalOf(this.asked, status, headers['retry-after']));
      return;
    }
    if (method === 'DELETE' && session !== undefined && status !== 405)
      this.tools.sessions.end(session, visit.request.headers['mcp-session-id']);
    this.answer.whole(status, [...houseHeaders(visit), ...allowOf(headers.allow)], Buffer.alloc(0));
    if (status < 300) this.settle('ok');
    else this.settle('refused', status);
  }

  private readonly onClientGone = (): void => {
    if (this.isSettled) return;
    this.attempt?.drop();
    this.answer.abandon();
    this.settle('ok');
  };

  private fail(error: unknown): void {
    if (this.isSettled) return;
    const failure = failureOf(error, this.asked, false);
    this.settle('failed', codeOf(failure));
    this.answer.fail(failure);
  }

  private settle(outcome: CallOutcome, code?: string | number): void {
    if (this.isSettled) return;
    const { visit, route } = this.ask;
    this.isSettled = true;
    visit.response.off('close', this.onClientGone);
    recordVisit(this.tools.ledger, visit, outcome, {
      instanceId: route.instanceId,
      serverName: route.name,
      ...(code === undefined ? {} : { code }),
    });
    this.onSettled();
  }

  /** Told when nothing more will come; set by whoever counts the open ones. */
  onSettled: () => void = () => undefined;
}

const allowOf = (allow: unknown): string[] => (typeof allow === 'string' ? ['allow', allow] : []);
