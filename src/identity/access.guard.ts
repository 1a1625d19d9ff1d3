import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { accessOf } from '@app/http';
import { type Principal, requestContext } from '@app/telemetry';
import { AuditTrail } from '../audit';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator';
import { may } from './authorize';
import { bearerOf, refuseCredentialInUrl } from './bearer';
import {
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';

const CHALLENGE = 'Bearer realm="quayside"';

/** The one gate of every HTTP route: who is it, and may it do this? What nobody allowed is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly audit: AuditTrail,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages of a microservice prove themselves by a signature of their own; none of them may come in through here.
    if (context.getType() !== 'http') return false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = accessOf(context.getHandler(), context.getClass());
    const bearer = bearerOf(request.headers.authorization);
    if (access === 'public') return this.greet(bearer);

    refuseCredentialInUrl(request.raw.url ?? '');
    const principal = bearer === undefined ? undefined : await this.authenticator.authenticate(bearer);
    if (principal === undefined) {
      const sent = request.headers.authorization !== undefined;
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      void reply.header('www-authenticate', sent ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE);
      return this.refuse(request, new UnauthenticatedError(sent));
    }
    requestContext.setPrincipal(principal);
    if (access === undefined || !may(principal, access)) {
      return this.refuse(request, new PermissionDeniedError(access ?? 'that no rule names'));
    }
    return true;
  }

  /** A public answer may hold more for a caller we know; one we cannot check is simply nobody. */
  private async greet(bearer: string | undefined): Promise<true> {
    const principal = bearer === undefined ? undefined : await this.recognise(bearer);
    if (principal !== undefined) requestContext.setPrincipal(principal);
    return true;
  }

  private async recognise(bearer: string): Promise<Principal | undefined> {
    try {
      return await this.authenticator.authenticate(bearer);
    } catch (error) {
      if (error instanceof IdentityUnavailableError) return undefined;
      throw error;
    }
  }

  private refuse(request: FastifyRequest, error: UnauthenticatedError | PermissionDeniedError): never {
    this.audit.denied({
      action: 'request.denied',
      resourceType: 'routes',
      resourceId: `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
      detail: { code: error.code },
    });
    throw error;
  }
}
