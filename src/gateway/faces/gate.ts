import { type RawRequest } from '@app/plain-http';
import { type Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import {
  Authenticator,
  bearerOf,
  type IdentityNotice,
  IdentityNotices,
  refuseCredentialInUrl,
  UnauthenticatedError,
} from '../../identity';

/**
 * How long a connection is believed to speak for whom it proved to be. Short against the five seconds that a revoked key
 * may go on to work; long against the time between two calls, of which the check would else be a good part.
 */
const BELIEVED_MS = 250;

/** Which may say that somebody is not who he was, or may not do what he might. */
const NOTICES: readonly IdentityNotice[] = ['key', 'user', 'session', 'workspace', 'issuer'];

interface Proof {
  readonly authorization: string;
  /** A token may be meant for one face and not for another. */
  readonly url: string;
  readonly principal: Principal;
  readonly untilMs: number;
}

/** Who calls. Asked from memory; a connection that shows the same credential again at once is not asked again. */
@Injectable()
export class Gate {
  private proofs = new WeakMap<Socket, Proof>();

  constructor(
    private readonly authenticator: Authenticator,
    notices: IdentityNotices,
  ) {
    for (const kind of NOTICES)
      notices.on(kind, () => {
        this.proofs = new WeakMap();
      });
  }

  /** Who the connection proved to be a moment ago with the credential it shows now. */
  recall({ socket, headers, url = '' }: RawRequest): Principal | undefined {
    const proof = this.proofs.get(socket);
    if (proof === undefined || headers.authorization !== proof.authorization || url !== proof.url)
      return undefined;
    return performance.now() < proof.untilMs ? proof.principal : undefined;
  }

  /** `resource` is the address of the face, where one was called. Throws an `UnauthenticatedError`, and whatever keeps a credential from being checked. */
  async identify({ socket, headers, url = '' }: RawRequest, resource?: string): Promise<Principal> {
    // What is found out while a notice comes is not kept.
    const { proofs } = this;
    refuseCredentialInUrl(url);
    const { authorization } = headers;
    const bearer = bearerOf(authorization);
    const principal =
      bearer === undefined
        ? undefined
        : await this.authenticator.authenticate(bearer, resource === undefined ? {} : { audience: resource });
    if (principal === undefined || authorization === undefined)
      throw new UnauthenticatedError(authorization !== undefined);
    proofs.set(socket, { authorization, url, principal, untilMs: performance.now() + BELIEVED_MS });
    return principal;
  }
}
