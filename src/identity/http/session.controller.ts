import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Public, RequirePermission, ValidationFailedError } from '@app/http';
import { principalOfRequest, requestContext } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { CrossSiteRequestError, SignInNeedsTlsError } from '../sessions/session.errors';
import { SessionCookies } from '../sessions/session-cookies';
import { type ProvenKey, type ProvenUser, Sessions } from '../sessions/sessions';
import { KeyCheck } from '../sign-in/key-check';
import { PasswordCheck } from '../sign-in/password-check';
import { SessionDto, SessionStateDto } from './auth.dto';
import { SessionCredentialsDto } from './session-credentials.dto';

@ApiTags('identity')
@Controller({ path: 'auth/session', version: '1' })
export class SessionController {
  constructor(
    private readonly passwords: PasswordCheck,
    private readonly keys: KeyCheck,
    private readonly sessions: Sessions,
    private readonly cookies: SessionCookies,
  ) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'startSession',
    summary: 'Sign in for the console',
    description:
      'With user name and password, or with a key alone. The session is in a cookie that pages cannot read. Only pages of this server may ask for one, with application/json, and from another machine only over TLS.',
  })
  @ApiCreatedResponse({ type: SessionDto })
  @ApiProblems(
    ...['validation_failed', 'sign_in_refused', 'sign_in_needs_tls', 'cross_site_request', 'rate_limited'],
    'database_unavailable',
  )
  async start(
    @Body() credentials: SessionCredentialsDto,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    if (this.cookies.origin.isInTheClear(headers)) throw new SignInNeedsTlsError();
    // Or a page of somebody else could sign the user in as somebody else.
    if (!this.cookies.origin.isOurPage(headers)) throw new CrossSiteRequestError();
    const before = await this.cookies.principalOf(headers);
    const proven = await this.prove(credentials);
    const grant = await ('reference' in proven
      ? this.sessions.startConsoleOfKey(proven)
      : this.sessions.startConsole(proven));
    if (before?.sessionId !== undefined) await this.sessions.end(before.sessionId, 'signed_in_again');
    void reply.header('set-cookie', this.cookies.headerFor(headers.host ?? '', grant));
    return { ...present(proven), expires_at: grant.expiresAt.toISOString() };
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'getSession',
    summary: 'Whether somebody is signed in',
    description: 'For a page that is to know it without being refused. Nobody is an answer like any other.',
  })
  @ApiOkResponse({ type: SessionStateDto })
  state(): SessionStateDto {
    const principal = requestContext.get()?.principal;
    return { signed_in: principal?.sessionId !== undefined, name: principal?.name ?? null };
  }

  @Delete()
  @HttpCode(204)
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'endSession',
    summary: 'Sign out of the console',
    description: 'Ends the session everywhere, and takes the cookie away.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'cross_site_request')
  async end(
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { sessionId } = principalOfRequest();
    if (sessionId !== undefined) await this.sessions.end(sessionId, 'signed_out');
    void reply.header('set-cookie', this.cookies.clearingHeaderFor(headers.host ?? ''));
  }

  private prove(credentials: SessionCredentialsDto): Promise<ProvenUser | ProvenKey> {
    const { username = '', password = '', workspace, api_key: key } = credentials;
    if (key === undefined) return this.passwords.prove({ username, password, workspace });
    if ([credentials.username, credentials.password, workspace].every((one) => one === undefined))
      return this.keys.prove(key);
    throw new ValidationFailedError([
      { pointer: '/api_key', code: 'alone', detail: 'goes without user name, password and workspace' },
    ]);
  }
}

function present(proven: ProvenUser | ProvenKey): Omit<SessionDto, 'expires_at'> {
  if (!('reference' in proven)) {
    const { userId, username, workspaceId, role } = proven;
    return { user_id: userId, key_id: null, username, workspace_id: workspaceId, role };
  }
  const { name, role, workspaceId, userId = null, keyId = null } = proven.principal;
  return { user_id: userId, key_id: keyId, username: name, workspace_id: workspaceId, role };
}
