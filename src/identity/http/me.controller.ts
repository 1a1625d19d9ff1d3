import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { requestContext } from '@app/telemetry';
import { UnauthenticatedError } from '../domain/identity.errors';
import { PERMISSIONS } from '../domain/permissions';
import { MeDto } from './me.dto';

@ApiTags('identity')
@Controller({ path: 'me', version: '1' })
export class MeController {
  @Get()
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Who the credential belongs to',
    description: 'The identity behind the credential of this request, and every permission it holds.',
  })
  @ApiOkResponse({ type: MeDto })
  @ApiProblems('unauthenticated', 'identity_unavailable')
  me(): MeDto {
    const principal = requestContext.get()?.principal;
    if (principal === undefined) throw new UnauthenticatedError(false);
    const { id, kind, name, role, keyId, permissions } = principal;
    const held = permissions === 'all' ? PERMISSIONS : [...permissions];
    return { id, kind, name, role, key_id: keyId ?? null, permissions: [...held].sort() };
  }
}
