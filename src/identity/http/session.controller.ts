import { Body, Controller, Delete, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { CrossSiteRequestError } from '../sessions/session.errors';
import { SessionCookies } from '../sessions/session-cookies';
import { Sessions } from '../sessions/sessions';
import { PasswordCheck } from '../sign-in/password-check';
import { SessionDto, CredentialsDto } from './auth.dto';

@ApiTags('identity')
@Controller({ path: 'auth/session', version: '1' })
export class SessionController {
  constructor(
    private readonly check: PasswordCheck,
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
      'The session is in a cookie that pages cannot read. Only pages of this server may ask for one, with application/json.',
  })
  @ApiCreatedResponse({ type: SessionDto })
  @ApiProblems('sign_in_refused', 'cross_site_request', 'rate_limited', 'database_unavailable')
  async start(
    @Body() credentials: CredentialsDto,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    // Or a page of somebody else could sign the user in as somebody else.
    if (!this.cookies.origin.isOurPage(headers)) throw new CrossSiteRequestError();
    const before = await this.cookies.principalOf(headers);
    const user = await this.check.prove(credentials);
    const grant = await this.sessions.startConsole(user);
    if (before?.sessionId !== undefined) await this.sessions.end(before.sessionId, 'signed_in_again');
    void reply.header('set-cookie', this.cookies.headerFor(headers.host ?? '', grant));
    const { userId, username, workspaceId, role } = user;
    return {
      ...{ user_id: userId, username, workspace_id: workspaceId, role },
      expires_at: grant.expiresAt.toISOString(),
    };
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
}
