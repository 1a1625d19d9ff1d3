import { Injectable, Logger } from '@nestjs/common';
import { type Below, clientAddress, type HouseRules } from '@app/http';
import { DomainError } from '@app/kernel';
import { isScanFault, scanRequest } from '@app/mcp';
import { type RawRequest, type RawResponse } from '@app/plain-http';
import { type Principal } from '@app/telemetry';
import { may, type Permission, PermissionDeniedError, UnauthenticatedError } from '../../identity';
import { type CallOutcome, CallLedger } from '../records/call-record';
import { type TerminalFace } from '../terminal/conversation';
import { type Caller, FaceLookup } from './face-lookup';
import { recordVisit } from './face-record';
import { facePathOf, metadataPathOf } from './face-path';
import { permissionOf } from './face-permissions';
import { MessageTypeError } from './faces.errors';
import { Gate } from './gate';
import { Hall } from './hall';
import { BODY_BYTES_MAX, readBody } from './read-body';
import { answerError, answerNothing, answerRpcError } from './replies';
import { ResourceMetadata } from './resource-metadata';
import { Turnstile } from './turnstile';
import { Visit } from './visit';

const ALLOW = ['allow', 'GET, POST, DELETE'];
const NOT_ALLOWED = 405;
const BAD_REQUEST = 400;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/**
 * The entrance of the three faces, below the framework: it sees to who comes in with what, and answers every no. Written
 * with callbacks, because a promise for each step would cost as much as the step.
 */
@Injectable()
export class Door {
  private readonly logger = new Logger('McpDoor');

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly gate: Gate,
    private readonly lookup: FaceLookup,
    private readonly hall: Hall,
    private readonly ledger: CallLedger,
    private readonly metadata: ResourceMetadata,
    private readonly turnstile: Turnstile,
  ) {}

  /** What the HTTP server asks before the framework. */
  below({ hosts, trustedProxies }: HouseRules): Below {
    const addressOf = clientAddress(trustedProxies);
    const handle: Below['handle'] = (request, response) => {
      const { url = '/', headers } = request;
      const path = facePathOf(url);
      if (path === undefined) return this.answerMetadata({ hosts }, request, response);
      const visit = new Visit(path, request, response, addressOf);
      const fault = hosts.check(url, headers);
      if (fault === undefined) this.receive(visit);
      else this.refuse(visit, fault);
      return true;
    };
    return {
      handle,
      takesPlain: ({ url, bodyBytes }) => bodyBytes <= BODY_BYTES_MAX && facePathOf(url) !== undefined,
    };
  }

  private answerMetadata(
    { hosts }: Pick<HouseRules, 'hosts'>,
    request: RawRequest,
    response: RawResponse,
  ): boolean {
    const { url = '/', headers } = request;
    const path = metadataPathOf(url);
    // Where the host is wrong the framework says so.
    if (path === undefined || hosts.check(url, headers) !== undefined) return false;
    this.metadata.answer(path, request, response);
    return true;
  }

  private receive(visit: Visit): void {
    const principal = this.gate.recall(visit.request);
    if (principal !== undefined) {
      this.admit(visit, principal);
      return;
    }
    this.gate.identify(visit.request, this.metadata.resourceOf(visit.request)).then(
      (identified) => {
        this.admit(visit, identified);
      },
      (error: unknown) => {
        this.turnAway(visit, error);
      },
    );
  }

  /** Whoever tries keys is slowed down; whoever has one is not, whatever others at the same address try. */
  private turnAway(visit: Visit, error: unknown): void {
    if (error instanceof UnauthenticatedError)
      this.turnstile.refused(visit.address).then(
        () => {
          this.refuse(visit, error);
        },
        (limited: unknown) => {
          this.refuse(visit, limited);
        },
      );
    else this.refuse(visit, error);
  }

  private admit(visit: Visit, principal: Principal): void {
    visit.principal = principal;
    this.turnstile.enter(
      visit,
      principal,
      () => {
        this.receiveFrom(visit);
      },
      (error) => {
        this.refuse(visit, error);
      },
    );
  }

  private receiveFrom(visit: Visit): void {
    const { method } = visit.request;
    if (method === 'POST') this.takeMessage(visit);
    else if (method === 'GET' || method === 'DELETE') this.enter(visit);
    else {
      visit.request.resume();
      answerNothing(visit.response, NOT_ALLOWED, ALLOW);
    }
  }

  private takeMessage(visit: Visit): void {
    const { headers } = visit.request;
    const isPacked = headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity';
    if (isPacked || !JSON_TYPE.test(headers['content-type'] ?? '')) {
      this.refuse(visit, new MessageTypeError());
      return;
    }
    readBody(visit.request, (body) => {
      if (body === undefined) return;
      if (body instanceof DomainError) this.refuse(visit, body);
      else this.read(visit, body);
    });
  }

  private read(visit: Visit, body: Buffer): void {
    const scan = scanRequest(body);
    if (isScanFault(scan)) {
      answerRpcError(visit, scan, { status: BAD_REQUEST });
      recordVisit(this.ledger, visit, 'refused', { code: scan.code });
      return;
    }
    visit.scan = scan;
    this.enter(visit, body);
  }

  private enter(visit: Visit, body?: Buffer): void {
    const permission = permissionOf(visit.scan?.method);
    const { principal } = visit;
    if (principal === undefined || !may(principal, permission)) {
      this.refuse(visit, new PermissionDeniedError(permission), permission);
      return;
    }
    this.turnstile.pass(
      visit,
      principal,
      () => {
        this.find(visit, { principal, permission }, body);
      },
      (error) => {
        this.refuse(visit, error);
      },
    );
  }

  private find(visit: Visit, caller: Caller, body: Buffer | undefined): void {
    const face = this.lookup.recall(visit.path, caller);
    if (face !== undefined) {
      this.serve(visit, face, body);
      return;
    }
    this.lookup.find(visit.path, caller).then(
      (found) => {
        this.serve(visit, found, body);
      },
      (error: unknown) => {
        this.refuse(visit, error);
      },
    );
  }

  private serve(visit: Visit, face: TerminalFace, body: Buffer | undefined): void {
    try {
      if (body === undefined) this.hall.serveBodiless(visit, face);
      else this.hall.serve(visit, face, body);
    } catch (error) {
      this.refuse(visit, error);
    }
  }

  private refuse(visit: Visit, error: unknown, permission?: Permission): void {
    if (!(error instanceof DomainError)) this.logger.error(error);
    // What was not read yet is let go of, so that the connection can serve the next request.
    visit.request.resume();
    answerError(visit, error, undefined, this.challengeOf(visit.request, error, permission));
    const code = error instanceof DomainError ? error.code : 'internal_error';
    recordVisit(this.ledger, visit, outcomeOf(error), { code });
  }

  private challengeOf(request: RawRequest, error: unknown, permission: Permission | undefined): string[] {
    if (error instanceof UnauthenticatedError)
      return ['www-authenticate', this.metadata.challenge(request, error.credentialSent)];
    return permission === undefined ? [] : ['www-authenticate', this.metadata.stepUp(request, permission)];
  }
}

const outcomeOf = (error: unknown): CallOutcome => {
  if (error instanceof UnauthenticatedError || error instanceof PermissionDeniedError) return 'denied';
  if (!(error instanceof DomainError)) return 'failed';
  return error.kind === 'unavailable' ? 'failed' : 'refused';
};
