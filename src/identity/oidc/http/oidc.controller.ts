import { Controller, Get, Header, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiDefaultResponse,
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Public } from '@app/http';
import { DomainError } from '@app/kernel';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../../../audit';
import { OwnAddresses } from '../../issuers/own-addresses';
import { SessionCookies } from '../../sessions/session-cookies';
import { ExternalAccounts } from '../../users/external-accounts';
import { OidcSignIn } from '../oidc-sign-in';
import { ProblemPage } from '../problem-page';
import { noSignInCookie, signInCookie, signInCookieIn } from '../sign-in-cookie';
import { SignInIssuersDto } from './oidc.dto';

const ISSUER = { name: 'issuer', description: 'The name of the issuer.', example: 'company-login' };
const FOUND = 302;
const SEE_OTHER = 303;
const PARAMETERS_MAX = 20;
/** There is no answer of success: whoever asks is a browser, and is led on. */
const PROBLEM_PAGE = {
  description: 'Nothing to go on to: a page that says why, for browsers; else the problem.',
  content: { 'text/html': { schema: { type: 'string' as const, examples: ['<!doctype html>'] } } },
};

@ApiTags('identity')
@Controller({ path: 'auth/oidc', version: '1' })
@UseFilters(ProblemPage)
export class OidcController {
  constructor(
    private readonly signIn: OidcSignIn,
    private readonly accounts: ExternalAccounts,
    private readonly cookies: SessionCookies,
    private readonly addresses: OwnAddresses,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'listSignInIssuers',
    summary: 'List where people can sign in',
    description: 'For the page of the console that asks who somebody is.',
  })
  @ApiOkResponse({ type: SignInIssuersDto })
  list(): SignInIssuersDto {
    const issuers = this.signIn
      .all()
      .map(({ name }) => ({ name, start_url: `/api/v1/auth/oidc/${name}/start` }));
    return { issuers };
  }

  @Get(':issuer/start')
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiParam(ISSUER)
  @ApiQuery({
    name: 'return_to',
    required: false,
    description: 'The path to end at; the console, unless it is a path of this server.',
    schema: { type: 'string', examples: ['/console/instances'] },
  })
  @ApiOperation({
    operationId: 'startOidcSignIn',
    summary: 'Sign in at another issuer',
    description:
      'For browsers: leads to the issuer, with PKCE, and remembers the way in a cookie for ten minutes.',
  })
  @ApiFoundResponse({ description: 'On to the issuer.' })
  @ApiDefaultResponse(PROBLEM_PAGE)
  @ApiProblems('oidc_issuer_unknown', 'oidc_issuer_unsuitable', 'oidc_issuer_unavailable', 'rate_limited')
  async start(
    @Param('issuer') name: string,
    @Query('return_to') returnTo: string | undefined,
    @Req() { headers: { host = '' } }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const wanted = typeof returnTo === 'string' ? returnTo : undefined;
    const { location, sealed } = await this.signIn.begin(name, this.addresses.originOf(host), wanted);
    void reply
      .header('set-cookie', signInCookie(this.cookies.origin, host, sealed))
      .header('location', location)
      .status(FOUND);
  }

  @Get(':issuer/callback')
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiParam(ISSUER)
  @ApiOperation({
    operationId: 'finishOidcSignIn',
    summary: 'Come back from another issuer',
    description: 'Where the issuer sends the browser: ends in the cookie of a session, like a password does.',
  })
  @ApiResponse({ status: SEE_OTHER, description: 'On to the console, signed in.' })
  @ApiDefaultResponse(PROBLEM_PAGE)
  @ApiProblems(
    ...['oidc_issuer_unknown', 'oidc_issuer_unsuitable', 'oidc_issuer_unavailable', 'oidc_state_invalid'],
    ...[
      'oidc_denied',
      'oidc_answer_invalid',
      'oidc_no_role',
      'sign_in_refused',
      'rate_limited',
      'database_unavailable',
    ],
  )
  async finish(
    @Param('issuer') name: string,
    // As it comes: issuers add parameters of their own.
    @Query() query: Record<string, unknown>,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { host = '' } = headers;
    const { origin } = this.cookies;
    const sealed = signInCookieIn(origin, host, headers.cookie);
    // Whatever comes of it, this try is over in this browser.
    void reply.header('set-cookie', noSignInCookie(origin, host));
    try {
      const { user, returnTo } = await this.signIn.finish(name, parametersOf(query), sealed);
      const { grant } = await this.accounts.signInExternal(user);
      void reply
        .header('set-cookie', this.cookies.headerFor(host, grant))
        .header('location', returnTo)
        .status(SEE_OTHER);
    } catch (error) {
      this.noteRefusal(name, error);
      throw error;
    }
  }

  private noteRefusal(name: string, error: unknown): void {
    if (!(error instanceof DomainError)) return;
    const detail = { code: error.code, issuer: name };
    this.audit.denied({
      action: 'identity.signin.denied',
      resourceType: 'issuers',
      resourceId: name,
      detail,
    });
  }
}

/** Of parameters that come twice all are kept, so that the check of the answer refuses them. */
function parametersOf(query: Record<string, unknown>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query).slice(0, PARAMETERS_MAX))
    for (const one of Array.isArray(value) ? value.slice(0, 2) : [value])
      if (typeof one === 'string') parameters.append(key, one);
  return parameters;
}
