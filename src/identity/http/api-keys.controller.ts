import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiProblems,
  assertVersion,
  Cursors,
  type ExpectedVersions,
  IfMatch,
  ListQuery,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { ApiKeys } from '../keys/api-keys';
import { type IssuedKey } from '../keys/issued-key';
import { KeyRows } from '../keys/key-rows';
import { reachOf } from '../keys/key-rules';
import {
  ApiKeyDto,
  ApiKeyPageDto,
  CreateApiKeyDto,
  CreatedApiKeyDto,
  showKey,
  toKeyChange,
  toNewKey,
  UpdateApiKeyDto,
} from './api-keys.dto';

const KEY = { name: 'id', description: 'The id, a part of the key itself.', example: 'k3v9q2xw71ab' };
/** Sealed into cursors, so that one of another list does not fit here. */
const LIST = { list: 'api-keys' } as const;

@ApiTags('identity')
@Controller({ path: 'api-keys', version: '1' })
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly rows: KeyRows,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('keys:create')
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Issue an API key',
    description:
      'The answer is the only place where the key itself is ever shown. It holds no more than its maker.',
  })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'grant_exceeds_own', 'api_key_invalid')
  async create(@Body() body: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    const principal = principalOfRequest();
    const { id, secret } = await this.keys.issueFor(principal, toNewKey(body, principal));
    const key = await this.rows.get({ workspaceId: principal.workspaceId }, id);
    return withRowVersion(CreatedApiKeyDto.from(key, secret), key.rowVersion);
  }

  @Get()
  @RequirePermission('keys:read')
  @ApiOperation({
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description:
      "All of the workspace for its administrators, the caller's own for others; revoked ones too.",
  })
  @ApiOkResponse({ type: ApiKeyPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor')
  async list(@Query() { limit, cursor }: ListQuery): Promise<ApiKeyPageDto> {
    const reach = reachOf(principalOfRequest());
    const page = await this.rows.page(reach, limit, this.cursors.startOf(cursor, LIST));
    return { api_keys: page.items.map(showKey), next_cursor: this.cursors.nextOf(page.next, LIST) };
  }

  @Get(':id')
  @ApiParam(KEY)
  @RequirePermission('keys:read')
  @ApiOperation({ operationId: 'getApiKey', summary: 'Get an API key', description: 'Never the key itself.' })
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'api_key_not_found')
  async get(@Param('id') id: string): Promise<ApiKeyDto> {
    return show(await this.rows.get(reachOf(principalOfRequest()), id));
  }

  @Patch(':id')
  @ApiParam(KEY)
  @UseETag()
  @RequirePermission('keys:update')
  @ApiOperation({
    operationId: 'updateApiKey',
    summary: 'Rename or narrow an API key',
    description: 'It never gains: for more than it has now, issue another.',
  })
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'api_key_not_found',
    'api_key_invalid',
    'stale_version',
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateApiKeyDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<ApiKeyDto> {
    const reach = reachOf(principalOfRequest());
    return show(await this.keys.change(reach, id, toKeyChange(body), demand(expected)));
  }

  @Delete(':id')
  @ApiParam(KEY)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('keys:revoke')
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Every process refuses it within five seconds. It stays in the list, with its end.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'api_key_not_found', 'stale_version')
  async revoke(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.keys.revoke(reachOf(principalOfRequest()), id, demand(expected));
  }
}

const show = (key: IssuedKey): ApiKeyDto => withRowVersion(showKey(key), key.rowVersion);

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
