import { type CanActivate, type ExecutionContext, Injectable, Optional } from '@nestjs/common';
import { type Access, accessOf } from '@app/http';
import { type DomainError } from '@app/kernel';
import { type Counter, type Family, Metrics, type Principal, requestContext } from '@app/telemetry';
import { AuditTrail } from '../audit';
import { RateLimiter } from '../limits';
import { isSettingName, StoredSettings } from '../settings';
import { type FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator';
import { may } from './authorize';
import { bearerOf, refuseCredentialInUrl } from './bearer';
import {
  IdentityUnavailableError,
  PermissionDeniedError,
  UnauthenticatedError,
} from './domain/identity.errors';
import { IssuerUnavailableError } from './issuers/domain/issuer.errors';
import { CrossSiteRequestError } from './sessions/session.errors';
import { isSafeMethod } from './sessions/browser-origin';
import { SessionCookies } from './sessions/session-cookies';

/** The one gate of every HTTP route: who is it, and may it do this? What nobody allowed is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly denied: Family<Counter>;

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly authenticator: Authenticator,
    private readonly cookies: SessionCookies,
    private readonly audit: AuditTrail,
    private readonly rates: RateLimiter,
    private readonly settings: StoredSettings,
    @Optional() metrics: Metrics = new Metrics(),
  ) {
    this.denied = metrics.counter('authz_denied_total', 'Requests of known callers that were not allowed.', {
      labels: ['permission'],
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages of a microservice prove themselves by a signature of their own; none of them may come in through here.
    if (context.getType() !== 'http') return false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = accessOf({ handler: context.getHandler(), controller: context.getClass() });
    if (access?.isPublic === true) return this.greet(request);

    refuseCredentialInUrl(request.raw.url ?? '');
    const principal = await this.identify(request);
    if (principal === undefined) {
      if (this.isOpenNow(access, request)) return true;
      await this.rates.admit('refused', { address: request.ip });
      return this.refuse(request, new UnauthenticatedError(request.headers.authorization !== undefined));
    }
    requestContext.setPrincipal(principal);
    const missing = missingOf(principal, access);
    if (missing === undefined) return true;
    this.denied.of(missing).add();
    return this.refuse(request, new PermissionDeniedError(missing));
  }

  /** What an operator opened to everybody; a credential that is wrong is refused there, too. */
  private isOpenNow(access: Access | undefined, { headers }: FastifyRequest): boolean {
    if (headers.authorization !== undefined) return false;
    const open = access?.isPublic === false ? access.openWhile : undefined;
    return (
      open !== undefined && isSettingName(open.setting) && this.settings.get(open.setting) === open.value
    );
  }

  /**
   * By the header where there is one, whatever it holds: a credential that fails is never made good by another. A browser sends
   * its cookie with whatever a page of anybody asks for, so what changes something must come from a page of ours.
   */
  private async identify(request: FastifyRequest): Promise<Principal | undefined> {
    const { headers, method } = request;
    if (headers.authorization !== undefined) {
      const bearer = bearerOf(headers.authorization);
      return bearer === undefined ? undefined : this.authenticator.authenticate(bearer);
    }
    const principal = await this.cookies.principalOf(headers);
    if (principal !== undefined && !isSafeMethod(method) && !this.cookies.origin.isOurPage(headers))
      this.refuse(request, new CrossSiteRequestError());
    return principal;
  }

  /** A public answer may hold more for a caller we know; one we cannot check is simply nobody. */
  private async greet(request: FastifyRequest): Promise<true> {
    const principal = await this.recognise(request);
    if (principal !== undefined) requestContext.setPrincipal(principal);
    return true;
  }

  private async recognise(request: FastifyRequest): Promise<Principal | undefined> {
    if (request.headers.authorization === undefined && !isSafeMethod(request.method)) return undefined;
    try {
      return await this.identify(request);
    } catch (error) {
      if (error instanceof IdentityUnavailableError || error instanceof IssuerUnavailableError)
        return undefined;
      throw error;
    }
  }

  private refuse(request: FastifyRequest, error: DomainError): never {
    this.audit.denied({
      action: 'request.denied',
      resourceType: 'routes',
      resourceId: `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
      detail: { code: error.code },
    });
    throw error;
  }
}

/** The first permission that the caller does not hold; what no rule names, nobody holds. */
const missingOf = (principal: Principal, access: Access | undefined): string | undefined =>
  (access?.isPublic === false ? access.permissions : ['that no rule names']).find(
    (name) => !may(principal, name),
  );
