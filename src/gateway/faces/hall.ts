import { Injectable } from '@nestjs/common';
import { RPC } from '@app/mcp';
import { GatewayAccess } from '../access/gateway-access';
import { CallLedger } from '../records/call-record';
import { Relay } from '../relay/relay';
import { type TerminalFace } from '../terminal/conversation';
import { eraOf, isNewerHeader } from './era-of';
import { recordVisit } from './face-record';
import { TerminalFront } from './face-request';
import { answerNothing, answerRpcError } from './replies';
import { requestOf, streamOf, type Visit } from './visit';

const BAD_REQUEST = 400;
const NOT_ALLOWED = 405;

type ServerFace = TerminalFace & { readonly kind: 'server' };

/** Behind the door: decides who serves a request, the relay where bytes can pass, else the front where MCP ends at us. */
@Injectable()
export class Hall {
  constructor(
    private readonly relay: Relay,
    private readonly front: TerminalFront,
    private readonly ledger: CallLedger,
    private readonly access: GatewayAccess,
  ) {}

  serve(visit: Visit, face: TerminalFace, body: Buffer): void {
    const { scan } = visit;
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
    // The newer era has neither sessions to end nor streams without a request.
    if (isNewerHeader(request.headers)) answerNothing(response, NOT_ALLOWED, ['allow', 'POST']);
    else if (face.kind === 'server' && !this.mustCut(visit, face)) this.relay.serveBodiless(visit, face);
    else if (request.method === 'GET') void this.front.stream(streamOf(visit, face));
    else void this.front.end(streamOf(visit, face));
  }

  /** Bytes of a list cannot pass where some of what they say is not for this caller. */
  private mustCut({ principal }: Visit, { route }: ServerFace): boolean {
    return principal !== undefined && this.access.hidesTools(principal, route);
  }
}
