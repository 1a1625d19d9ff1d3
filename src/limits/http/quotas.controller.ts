import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
  ValidationFailedError,
  withRowVersion,
} from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { limitFaults, QUOTA_RESOURCES } from '../../settings';
import { type LimitValues, type StoredQuota } from '../domain/quota';
import { QuotaKeeper } from '../quotas/quota-keeper';
import { Usage } from '../quotas/usage';
import {
  presentQuota,
  presentUse,
  PutQuotaDto,
  QuotaDetailDto,
  QuotaListDto,
  QuotaPathDto,
} from './quota.dto';

@ApiTags('limits')
@Controller({ path: 'quotas', version: '1' })
export class QuotasController {
  constructor(
    private readonly keeper: QuotaKeeper,
    private readonly usage: Usage,
  ) {}

  @Get()
  @RequirePermission('quotas:read')
  @ApiOperation({
    operationId: 'listQuotas',
    summary: 'List quotas',
    description: 'Everything that was set in the workspace; whoever is not in it has the defaults.',
  })
  @ApiOkResponse({ type: QuotaListDto })
  async list(): Promise<QuotaListDto> {
    return { quotas: (await this.keeper.list(scopeOfRequest())).map(presentQuota) };
  }

  @Get(':scope/:id')
  @RequirePermission('quotas:read')
  @ApiOperation({
    operationId: 'getQuota',
    summary: 'Read a quota',
    description: 'What was set, what is in force, and what is used of it.',
  })
  @ApiOkResponse({ type: QuotaDetailDto })
  @ApiProblems('quota_unknown')
  async get(@Param() { scope, id }: QuotaPathDto): Promise<QuotaDetailDto> {
    return this.present(await this.keeper.get(scopeOfRequest(), scope, id));
  }

  @Put(':scope/:id')
  @RequirePermission('quotas:write')
  @UseETag()
  @ApiOperation({
    operationId: 'putQuota',
    summary: 'Set a quota',
    description:
      'Replaces what was set. A limit below what is used takes nothing away: it refuses more. Only administrators of the installation set quotas of workspaces.',
  })
  @ApiOkResponse({ type: QuotaDetailDto })
  @ApiProblems('quota_unknown', 'validation_failed', 'stale_version')
  async put(
    @Param() { scope, id }: QuotaPathDto,
    @Body() { limits }: PutQuotaDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<QuotaDetailDto> {
    const faults = limitFaults(limits, { names: QUOTA_RESOURCES, hasWindow: false }, '/limits');
    if (faults.length > 0) throw new ValidationFailedError(faults);
    const subject = { scope, scopeId: id };
    return this.present(await this.keeper.put(scopeOfRequest(), subject, limits as LimitValues, expected));
  }

  @Delete(':scope/:id')
  @HttpCode(204)
  @RequirePermission('quotas:write')
  @UseETag()
  @ApiOperation({
    operationId: 'resetQuota',
    summary: 'Give somebody the defaults again',
    description: 'Where nothing was set nothing happens.',
  })
  @ApiNoContentResponse({ description: 'The defaults hold.' })
  @ApiProblems('quota_unknown', 'stale_version')
  async reset(@Param() { scope, id }: QuotaPathDto, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.keeper.reset(scopeOfRequest(), scope, id, expected);
  }

  private async present(quota: StoredQuota): Promise<QuotaDetailDto> {
    const resources = (await this.usage.resources(quota)).map(presentUse);
    return withRowVersion({ ...presentQuota(quota), resources }, quota.version);
  }
}
