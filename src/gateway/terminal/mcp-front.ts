import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { asMessage, type McpEra, RPC, type RpcMessage } from '@app/mcp';
import { pause } from '@app/resilience';
import { Keyring } from '@app/security';
import { type FaceRequest, type FaceStream, TerminalFront } from '../faces/face-request';
import { CallLedger } from '../records/call-record';
import { SessionIds } from '../sessions/session-ids';
import { Conversations } from './conversation';
import { NewerFront } from './newer/newer-front';
import { OlderFront } from './older/older-front';
import { OlderSessions } from './older/older-sessions';
import { errorText, refuse, sendJson } from './replies';

/** Less than the process has for its whole end. */
const DRAIN_LIMIT_MS = 15_000;
const DRAIN_LOOK_EVERY_MS = 20;

/** The client's side of MCP where it ends at us, in both eras. */
@Injectable()
export class McpFront extends TerminalFront implements BeforeApplicationShutdown {
  private readonly logger = new Logger(McpFront.name);
  private readonly sessions: OlderSessions;
  private readonly older: OlderFront;
  private readonly newer: NewerFront;
  private underWay = 0;

  constructor(conversations: Conversations, ids: SessionIds, ledger: CallLedger, keyring: Keyring) {
    super();
    this.sessions = new OlderSessions(ids, conversations);
    this.older = new OlderFront(this.sessions, ledger, (request, serve) => {
      void this.guarded(request, serve);
    });
    this.newer = new NewerFront(conversations, ledger, keyring);
  }

  /** Of the older era, kept here. */
  get openSessions(): number {
    return this.sessions.size;
  }

  /** Of the newer era: `subscriptions/listen`. */
  get openStreams(): number {
    return this.newer.openStreams;
  }

  override post(request: FaceRequest, era: McpEra): Promise<void> | undefined {
    return this.guarded(request, () => {
      const message = parsed(request.body);
      if (message !== undefined) return (era === 'newer' ? this.newer : this.older).post(request, message);
      refuse(request.response, 400, { code: RPC.parse, message: 'The body is not one JSON-RPC message' });
      return undefined;
    });
  }

  override stream(request: FaceStream): void {
    void this.guarded(request, () => {
      this.older.stream(request);
      return undefined;
    });
  }

  override end(request: FaceStream): void {
    void this.guarded(request, () => {
      this.older.end(request);
      return undefined;
    });
  }

  /** Streams end with a word, so that clients know that nothing broke; requests that are under way come to their end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.newer.close();
    this.sessions.endStreams();
    if (this.isBusy) await this.drained();
    this.sessions.close();
  }

  private async drained(): Promise<void> {
    const untilMs = performance.now() + DRAIN_LIMIT_MS;
    while (this.isBusy && performance.now() < untilMs) await pause(DRAIN_LOOK_EVERY_MS);
  }

  private get isBusy(): boolean {
    return this.underWay > 0 || this.older.openCalls > 0;
  }

  /** Without a promise where all is done at once, or is followed elsewhere. */
  private guarded(request: FaceStream, serve: () => Promise<void> | undefined): Promise<void> | undefined {
    request.response.on('error', ignore);
    try {
      const rest = serve();
      return rest === undefined ? undefined : this.followed(request, rest);
    } catch (error) {
      this.fail(request, error);
      return undefined;
    }
  }

  private async followed(request: FaceStream, rest: Promise<void>): Promise<void> {
    this.underWay += 1;
    try {
      await rest;
    } catch (error) {
      this.fail(request, error);
    } finally {
      this.underWay -= 1;
    }
  }

  /** Whatever gets here is a fault of ours: the client hears that there is one, the log hears which. */
  private fail({ response, scope }: FaceStream, error: unknown): void {
    this.logger.error(error);
    const data = { code: 'internal_error', trace_id: scope.traceId };
    sendJson(response, errorText(null, { code: RPC.internal, message: 'Internal error', data }), 500);
    if (!response.writableEnded) response.destroy();
  }
}

/** A connection that breaks while it is written to tells us by its close. */
const ignore = (): void => undefined;

function parsed(body: Buffer): RpcMessage | undefined {
  try {
    return asMessage(JSON.parse(body.toString('utf8')));
  } catch {
    // The one expected failure: the scan before us looks for what decides, not for every comma.
    return undefined;
  }
}
