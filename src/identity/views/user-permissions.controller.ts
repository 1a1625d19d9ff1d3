import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { type Principal, principalOfRequest } from '@app/telemetry';
import { Explain } from '../access/explain';
import { may } from '../authorize';
import { PERMISSIONS } from '../domain/permissions';
import { splitResource } from '../grants/grants.dto';
import { ExplainQuery, MyPermissionsDto } from '../http/my-permissions.dto';
import { Principals } from '../principals/principals';
import { UserRows } from '../users/user-rows';

/** What a user may do in the workspace of whoever asks: as the guard would decide it, were that user here. */
@ApiTags('identity')
@Controller({ path: 'users', version: '1' })
export class UserPermissionsController {
  constructor(
    private readonly users: UserRows,
    private readonly principals: Principals,
    private readonly explain: Explain,
  ) {}

  @Get(':id/permissions')
  @RequirePermission('users:read')
  @ApiOperation({
    operationId: 'getUserPermissions',
    summary: 'What a user may do, and why',
    description:
      'In the workspace of the caller. A user who is disabled, or no member of it, may do nothing. With explain the decision about one permission, in sentences.',
  })
  @ApiParam({ name: 'id', description: 'The id, or the user name.', example: 'ada' })
  @ApiOkResponse({ type: MyPermissionsDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'user_not_found', 'database_unavailable')
  async permissions(
    @Param('id') id: string,
    @Query() { explain, resource }: ExplainQuery,
  ): Promise<MyPermissionsDto> {
    const principal = await this.present(id);
    const permissions = PERMISSIONS.filter((permission) => may(principal, permission)).sort();
    if (explain === undefined) return { permissions };
    const about = { permission: explain, resource: resource ?? null };
    if (principal === undefined)
      return { permissions, decision: { ...about, ...NOBODY_HERE, code: 'permission_denied' } };
    const split = resource === undefined ? undefined : splitResource(resource);
    const { code = null, ...rest } = await this.explain.decision(principal, explain, split);
    return { permissions, decision: { ...about, ...rest, code } };
  }

  private async present(idOrName: string): Promise<Principal | undefined> {
    const { id: userId } = await this.users.get(idOrName);
    const { workspaceId } = principalOfRequest();
    return this.principals.present({ workspaceId, userId, actor: `user:${userId}` });
  }
}

const NOBODY_HERE = {
  ...{ allowed: false, visible: false },
  because: ['The user is disabled, or no member of this workspace.'],
};
