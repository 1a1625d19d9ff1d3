import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { accessOf } from '@app/http';
import { type Principal, requestContext } from '@app/telemetry';
import { AuditTrail } from '../audit';
import { type FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator';
import { may } from './authorize';
import { bearerOf, refuseCredentialInUrl } from './bearer';
import {
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';

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
    const access = accessOf({ handler: context.getHandler(), controller: context.getClass() });
    const bearer = bearerOf(request.headers.authorization);
    if (access?.isPublic === true) return this.greet(bearer);

    refuseCredentialInUrl(request.raw.url ?? '');
    const principal = bearer === undefined ? undefined : await this.authenticator.authenticate(bearer);
    if (principal === undefined) {
      return this.refuse(request, new UnauthenticatedError(request.headers.authorization !== undefined));
    }
    requestContext.setPrincipal(principal);
    const missing = (access?.permissions ?? ['that no rule names']).find((name) => !may(principal, name));
    return missing === undefined ? true : this.refuse(request, new PermissionDeniedError(missing));
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
