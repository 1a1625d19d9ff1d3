import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, Public, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { TokenGrants } from '../access-tokens/token-grants';
import { Sessions } from '../sessions/sessions';
import { PasswordCheck } from '../sign-in/password-check';
import { SocketTickets } from '../tickets/socket-tickets';
import { RefreshDto, CredentialsDto, TicketDto, TokenDto } from './auth.dto';

@ApiTags('identity')
@Controller({ path: 'auth', version: '1' })
export class AuthController {
  constructor(
    private readonly check: PasswordCheck,
    private readonly tokens: TokenGrants,
    private readonly sessions: Sessions,
    private readonly tickets: SocketTickets,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'issueToken',
    summary: 'Sign in for tokens',
    description: 'For programs. Unknown users, wrong passwords and disabled users get the same answer.',
  })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('sign_in_refused', 'rate_limited', 'database_unavailable')
  async token(@Body() credentials: CredentialsDto): Promise<TokenDto> {
    return TokenDto.from(await this.tokens.grant(await this.check.prove(credentials)));
  }

  @Post('refresh')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Public()
  @ApiOperation({
    operationId: 'refreshToken',
    summary: 'Exchange a refresh token for the next pair',
    description:
      'Each is good once. Sent again within ten seconds from the same address it gives the same successor, for an answer that got lost; any other second use ends the sign-in.',
  })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('refresh_refused', 'database_unavailable')
  async refresh(@Body() { refresh_token: token }: RefreshDto): Promise<TokenDto> {
    return TokenDto.from(await this.tokens.refresh(token));
  }

  @Post('sign-out')
  @HttpCode(204)
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'signOut',
    summary: 'End the sign-in that this token comes from',
    description: 'With all tokens of its family. A key is no sign-in: for it, this does nothing.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated')
  async signOut(): Promise<void> {
    const { sessionId } = principalOfRequest();
    if (sessionId !== undefined) await this.sessions.end(sessionId, 'signed_out');
  }

  @Post('ws-ticket')
  @Header('Cache-Control', 'no-store')
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'createSocketTicket',
    summary: 'Get a ticket for one WebSocket',
    description: 'For browsers, which cannot send a header with the handshake. Good once, for 30 seconds.',
  })
  @ApiCreatedResponse({ type: TicketDto })
  @ApiProblems('unauthenticated', 'database_unavailable')
  async ticket(): Promise<TicketDto> {
    const { token, expiresAt } = await this.tickets.issue(principalOfRequest());
    return { ticket: token, expires_at: expiresAt.toISOString() };
  }
}
