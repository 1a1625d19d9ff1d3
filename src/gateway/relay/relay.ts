import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { TimeLimits } from '@app/kernel';
import { type McpEra } from '@app/mcp';
import { TooManyStreamsError } from '../faces/faces.errors';
import { TerminalFront } from '../faces/face-request';
import { answerError } from '../faces/replies';
import { requestOf, streamOf, type Visit } from '../faces/visit';
import { GatewayOptions } from '../gateway.options';
import { CallLedger } from '../records/call-record';
import { type CallableRoute } from '../routing/route';
import { type TerminalFace } from '../terminal/conversation';
import { UpstreamPool } from '../upstream/upstream-pool';
import { EraVerdicts } from './era-verdicts';
import { KeepAlives } from './keep-alives';
import { RelayCall } from './relay-call';
import { type RelayTools } from './relay-request';
import { type RelaySession, RelaySessions } from './relay-sessions';
import { RelayStream } from './relay-stream';
import { isRelayable, type RelayTarget } from './relay-target';
import { RelayTargets } from './relay-targets';

/** Streams open at once, of all servers together. */
const STREAMS_MAX = 5_000;

type ServerFace = TerminalFace & { readonly kind: 'server' };

/** `/servers/{instance}/mcp` where both sides speak the same era: bytes pass. Everything else goes to the front. */
@Injectable()
export class Relay implements BeforeApplicationShutdown {
  private readonly tools: RelayTools;
  private readonly streams = new Set<RelayStream>();

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly targets: RelayTargets,
    private readonly sessions: RelaySessions,
    private readonly verdicts: EraVerdicts,
    private readonly front: TerminalFront,
    pool: UpstreamPool,
    ledger: CallLedger,
    { defaultCallTimeoutMs }: GatewayOptions,
  ) {
    const keepAlives = new KeepAlives();
    const limits = new TimeLimits();
    this.tools = { sessions, verdicts, pool, ledger, front, keepAlives, limits, defaultCallTimeoutMs };
  }

  /** Streams would keep the process from ending. */
  beforeApplicationShutdown(): void {
    for (const stream of this.streams) stream.end();
  }

  serve(visit: Visit, face: ServerFace, body: Buffer, era: McpEra): void {
    const { route } = face;
    if (!isRelayable(route)) this.terminate(visit, face, body, era);
    else if (era === 'newer') this.serveNewer(visit, face, body);
    else this.serveOlder(visit, face, body);
  }

  serveBodiless(visit: Visit, face: ServerFace): void {
    const { route } = face;
    const session = this.sessionOf(visit, route);
    const isOurs =
      session !== undefined || (!hasSessionId(visit) && this.verdicts.speaks(route, 'older') === true);
    const method = visit.request.method === 'GET' ? 'GET' : 'DELETE';
    if (!isOurs || !isRelayable(route)) {
      const stream = streamOf(visit, face);
      if (method === 'GET') this.front.stream(stream);
      else this.front.end(stream);
    } else if (this.streams.size >= STREAMS_MAX) {
      answerError(visit, new TooManyStreamsError(STREAMS_MAX));
    } else {
      const stream = new RelayStream(this.tools, { visit, method, ...this.placeOf(route, session), session });
      stream.onSettled = () => {
        this.streams.delete(stream);
      };
      this.streams.add(stream);
      stream.start();
    }
  }

  private serveNewer(visit: Visit, face: ServerFace, body: Buffer): void {
    const speaks = this.verdicts.speaks(face.route, 'newer');
    if (speaks === true) this.call(visit, face, body, 'newer');
    else if (speaks === false) this.terminate(visit, face, body, 'newer');
    else this.askFirst(visit, face, body);
  }

  /** Sending a call to find out would be a guess with somebody's tool. */
  private askFirst(visit: Visit, face: ServerFace, body: Buffer): void {
    this.verdicts.askNewer(face.route, this.targets.of(face.route)).then(
      (speaksNewer) => {
        if (speaksNewer) this.call(visit, face, body, 'newer');
        else this.terminate(visit, face, body, 'newer');
      },
      () => {
        // No verdict: the front tries by its own means, and tells what is wrong.
        this.terminate(visit, face, body, 'newer');
      },
    );
  }

  /** `initialize` is tried on whatever may take it, since servers may speak both eras and nothing happens if not. */
  private serveOlder(visit: Visit, face: ServerFace, body: Buffer): void {
    const { route } = face;
    const session = this.sessionOf(visit, route);
    const speaks = this.verdicts.speaks(route, 'older');
    const mayBegin = visit.scan?.method === 'initialize' && speaks !== false;
    const isSessionless = speaks === true && !hasSessionId(visit);
    if (session !== undefined || mayBegin || isSessionless) this.call(visit, face, body, 'older', session);
    else this.terminate(visit, face, body, 'older');
  }

  private call(visit: Visit, face: ServerFace, body: Buffer, era: McpEra, session?: RelaySession): void {
    const { route } = face;
    const { scan } = visit;
    if (scan === undefined) return;
    try {
      const place = this.placeOf(route, session);
      new RelayCall(this.tools, { visit, scan, body, ...place, era, session }).start();
    } catch (error) {
      answerError(visit, error);
    }
  }

  /** One of its replicas: the one that has the session, or that has the least to do. */
  private placeOf(
    whole: CallableRoute,
    session: RelaySession | undefined,
  ): { readonly route: CallableRoute; readonly target: RelayTarget } {
    const { pool, sessions } = this.tools;
    const wish = session === undefined ? {} : { replica: sessions.replicaOf(session), stay: session.key };
    const route = pool.choose(whole, wish);
    return { route, target: this.targets.of(whole, route) };
  }

  private terminate(visit: Visit, face: ServerFace, body: Buffer, era: McpEra): void {
    void this.front.post(requestOf(visit, face, body), era);
  }

  private sessionOf({ request, principal }: Visit, route: CallableRoute): RelaySession | undefined {
    return principal === undefined ? undefined : this.sessions.open(request, route, principal);
  }
}

const hasSessionId = ({ request }: Visit): boolean => request.headers['mcp-session-id'] !== undefined;
