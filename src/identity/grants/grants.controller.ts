import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import {
  GrantListDto,
  GrantsQuery,
  GrantTargetParams,
  PutGrantsDto,
  splitResource,
  toWanted,
} from './grants.dto';
import { Grants } from './grants';

@ApiTags('identity')
@Controller({ path: 'grants', version: '1' })
export class GrantsController {
  constructor(private readonly grants: Grants) {}

  @Get()
  @RequirePermission('grants:read')
  @ApiOperation({
    operationId: 'listGrants',
    summary: 'Who may use one instance, endpoint or pipeline',
    description: 'Without grants it is open to its workspace, by role.',
  })
  @ApiOkResponse({ type: GrantListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'grant_target_unknown')
  async list(@Query() { resource }: GrantsQuery): Promise<GrantListDto> {
    const [type, idOrName] = splitResource(resource);
    return GrantListDto.from(await this.grants.of(principalOfRequest(), type, idOrName));
  }

  @Put(':type/:resource')
  @RequirePermission('grants:write')
  @ApiOperation({
    operationId: 'putGrants',
    summary: 'Say who may use one instance, endpoint or pipeline',
    description:
      'Replaces all grants on it. Nobody grants what they do not hold; administrators need no grant.',
  })
  @ApiOkResponse({ type: GrantListDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'grant_target_unknown',
    'grant_invalid',
    'grant_subject_unknown',
    'grant_exceeds_own',
  )
  async put(
    @Param() { type, resource }: GrantTargetParams,
    @Body() { grants }: PutGrantsDto,
  ): Promise<GrantListDto> {
    const wanted = grants.map(toWanted);
    return GrantListDto.from(await this.grants.replace(principalOfRequest(), type, resource, wanted));
  }

  @Delete(':type/:resource')
  @HttpCode(204)
  @RequirePermission('grants:write')
  @ApiOperation({
    operationId: 'deleteGrants',
    summary: 'Open one of them to its workspace again',
    description: 'All grants on it are taken back; roles alone decide then.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'grant_target_unknown')
  async clear(@Param() { type, resource }: GrantTargetParams): Promise<void> {
    await this.grants.clear(principalOfRequest(), type, resource);
  }
}
