import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { OwnSessions } from '../sessions/own-sessions';
import { OwnSessionListDto, presentSession } from './own-sessions.dto';

@ApiTags('identity')
@Controller({ path: 'me/sessions', version: '1' })
export class OwnSessionsController {
  constructor(private readonly sessions: OwnSessions) {}

  @Get()
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'listOwnSessions',
    summary: 'Where the caller is signed in',
    description:
      'Open sessions of browsers and families of tokens, in every workspace. A key in a header is no sign-in and sees none; a session that a key began sees those of that key.',
  })
  @ApiOkResponse({ type: OwnSessionListDto })
  @ApiProblems('unauthenticated', 'database_unavailable')
  async list(): Promise<OwnSessionListDto> {
    const principal = principalOfRequest();
    const sessions = await this.sessions.list(principal);
    return { sessions: sessions.map(presentSession(principal.sessionId)) };
  }

  @Delete(':id')
  @ApiParam({ name: 'id', description: 'Its id.', example: '4b2c8f1e-9d0a-4c7b-8e6f-1a2b3c4d5e6f' })
  @HttpCode(204)
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'endOwnSession',
    summary: 'Sign out somewhere else',
    description: 'Every process refuses its cookie or tokens within 5 seconds.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'session_not_found', 'database_unavailable')
  async end(@Param('id') id: string): Promise<void> {
    await this.sessions.end(principalOfRequest(), id);
  }
}
