import { Body, Controller, Header, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public, RequirePermission } from '@app/http';
import { principalOfRequest, requestContext } from '@app/telemetry';
import { SignInLimits } from '../sign-in/sign-in-limits';
import { AdminLinks } from '../tickets/admin-links';
import { AdminLinkDto, FirstAdminDto } from './auth.dto';
import { showUser, UserDto } from './users.dto';

/** What tries at links are counted under: they have no account yet. */
const ACCOUNT = 'admin-link';

@ApiTags('identity')
@Controller({ path: 'auth', version: '1' })
export class AdminLinksController {
  constructor(
    private readonly links: AdminLinks,
    private readonly limits: SignInLimits,
  ) {}

  @Post('admin-link')
  @Header('Cache-Control', 'no-store')
  @RequirePermission('users:create')
  @ApiOperation({
    operationId: 'createAdminLink',
    summary: 'Make a link for a new administrator',
    description: 'Works once, within 30 minutes. For whoever has lost every other way in.',
  })
  @ApiCreatedResponse({ type: AdminLinkDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'grant_exceeds_own')
  async issue(): Promise<AdminLinkDto> {
    const { url, expiresAt } = await this.links.issueFor(principalOfRequest());
    return { url, expires_at: expiresAt.toISOString() };
  }

  @Post('first-admin')
  @Public()
  @ApiOperation({
    operationId: 'createFirstAdmin',
    summary: 'Become an administrator by a link',
    description: 'The link is used up if, and only if, there is an administrator afterwards.',
  })
  @ApiCreatedResponse({ type: UserDto })
  @ApiProblems('admin_link_invalid', 'rate_limited', 'username_taken', 'password_refused', 'user_invalid')
  async redeem(@Body() { token, username, password }: FirstAdminDto): Promise<UserDto> {
    const attempt = { account: ACCOUNT, address: requestContext.get()?.address };
    await this.limits.admit(attempt);
    const user = await this.links.redeem(token, { username, password });
    await this.limits.succeeded(attempt);
    return showUser(user);
  }
}
