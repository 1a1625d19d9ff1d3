import { Injectable } from '@nestjs/common';
import { RPC } from '@app/mcp';
import { GatewayAccess } from '../access/gateway-access';
import { CallLedger } from '../records/call-record';
import { ToolPins } from '../pins/tool-pins';
import { Relay } from '../relay/relay';
import { type TerminalFace } from '../terminal/conversation';
import { eraOf, isNewerHeader } from './era-of';
import { Visitors } from '../visitors/visitors';
import { recordVisit } from './face-record';
import { TerminalFront } from './face-request';
import { answerNothing, answerRpcError } from './replies';
import { StreamWatch } from './stream-watch';
import { requestOf, streamOf, type Visit } from './visit';

const BAD_REQUEST = 400;
const NOT_ALLOWED = 405;

type ServerFace = TerminalFace & { readonly kind: 'server' };

/** Of the newer era, what a GET is in the older one. */
const LISTEN = 'subscriptions/listen';

/** Behind the door: decides who serves a request, the relay where bytes can pass, else the front where MCP ends at us. */
@Injectable()
export class Hall {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly relay: Relay,
    private readonly front: TerminalFront,
    private readonly ledger: CallLedger,
    private readonly access: GatewayAccess,
    private readonly watch: StreamWatch,
    private readonly visitors: Visitors,
    private readonly pins: ToolPins,
  ) {}

  serve(visit: Visit, face: TerminalFace, body: Buffer): void {
    const { scan } = visit;
    this.visitors.see(visit, body);
    if (scan?.method === LISTEN) this.watch.follow(visit, face);
    const era = scan === undefined ? 'older' : eraOf(visit.request.headers, scan);
    if (typeof era === 'object') {
      const error = { code: RPC.headerMismatch, message: era.disagreement };
      answerRpcError(visit, error, { status: BAD_REQUEST, id: scan?.id });
      recordVisit(this.ledger, visit, 'refused', { code: RPC.headerMismatch });
    } else if (face.kind === 'server' && !this.mustCut(visit, face)) {
      this.relay.serve(visit, face, body, era);
    } else {
      void this.front.post(requestOf(visit, face, body), era);
    }
  }

  serveBodiless(visit: Visit, face: TerminalFace): void {
    const { request, response } = visit;
    if (request.method === 'GET') this.watch.follow(visit, face);
    // The newer era has neither sessions to end nor streams without a request.
    if (isNewerHeader(request.headers)) answerNothing(response, NOT_ALLOWED, ['allow', 'POST']);
    else if (face.kind === 'server' && !this.mustCut(visit, face)) this.relay.serveBodiless(visit, face);
    else if (request.method === 'GET') this.front.stream(streamOf(visit, face));
    else this.front.end(streamOf(visit, face));
  }

  /** Bytes of a list cannot pass where some of what they say is not for this caller, or has to be looked at first. */
  private mustCut({ principal }: Visit, { route }: ServerFace): boolean {
    if (this.pins.isPinned(route.instanceId)) return true;
    return principal !== undefined && this.access.hidesTools(principal, route);
  }
}
