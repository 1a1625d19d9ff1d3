import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { type Principal, principalOfRequest, requestContext } from '@app/telemetry';
import { Explain } from '../access/explain';
import { may } from '../authorize';
import { UnauthenticatedError } from '../domain/identity.errors';
import { PERMISSIONS } from '../domain/permissions';
import { splitResource } from '../grants/grants.dto';
import { MeDto } from './me.dto';
import { ExplainQuery, MyPermissionsDto } from './my-permissions.dto';

@ApiTags('identity')
@Controller({ path: 'me', version: '1' })
export class MeController {
  constructor(private readonly explain: Explain) {}

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
    const { id, kind, name, role, keyId, workspaceId, userId, agentId } = principal;
    return {
      ...{ id, kind, name, role, key_id: keyId ?? null, workspace_id: workspaceId },
      ...{ user_id: userId ?? null, agent_id: agentId ?? null, permissions: heldBy(principal) },
    };
  }

  @Get('permissions')
  @RequirePermission('me:read')
  @ApiOperation({
    operationId: 'getMyPermissions',
    summary: 'What the caller may do, and why',
    description:
      'With explain the decision about one permission, in sentences; with resource about one thing.',
  })
  @ApiOkResponse({ type: MyPermissionsDto })
  @ApiProblems('unauthenticated', 'identity_unavailable', 'database_unavailable')
  async permissions(@Query() { explain, resource }: ExplainQuery): Promise<MyPermissionsDto> {
    const principal = principalOfRequest();
    const permissions = heldBy(principal);
    if (explain === undefined) return { permissions };
    const about = resource === undefined ? undefined : splitResource(resource);
    const { allowed, visible, because, code = null } = await this.explain.decision(principal, explain, about);
    const decision = { permission: explain, resource: resource ?? null, allowed, visible, because, code };
    return { permissions, decision };
  }
}

const IN_ORDER = [...PERMISSIONS].sort();

/** As the guard decides it, the installation's own permissions included or not. */
const heldBy = (principal: Principal): string[] =>
  IN_ORDER.filter((permission) => may(principal, permission));
