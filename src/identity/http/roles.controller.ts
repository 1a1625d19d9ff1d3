import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES } from '../domain/permissions';
import { RoleListDto } from './roles.dto';

@ApiTags('identity')
@Controller({ path: 'roles', version: '1' })
export class RolesController {
  @Get()
  @RequirePermission('roles:read')
  @ApiOperation({
    operationId: 'listRoles',
    summary: 'List the roles',
    description: 'What each may do, where no grant says otherwise.',
  })
  @ApiOkResponse({ type: RoleListDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  list(): RoleListDto {
    return {
      roles: ROLES.map((name) => {
        const held = ROLE_PERMISSIONS[name];
        return { name, permissions: [...(held === 'all' ? PERMISSIONS : held)].sort() };
      }),
    };
  }
}
