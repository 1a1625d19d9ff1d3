import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
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
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { Webhooks } from '../endpoints/webhooks';
import {
  CreateWebhookDto,
  NewSecretDto,
  NewWebhookDto,
  presentSecret,
  presentWebhook,
  toWebhookChange,
  toWebhookContent,
  UpdateWebhookDto,
  WebhookDto,
  WebhookListDto,
} from './webhooks.dto';

const ID = { name: 'id', description: 'Its id.', example: '0b9a7c52-6c1e-4a6e-9f39-5d2f6f6a9c11' };

@ApiTags('notifications')
@Controller({ version: '1' })
export class WebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @Post('webhooks')
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Have events posted to an address',
    description:
      'The answer holds the secret that signs the messages, this once. Without events it is told how runs end and where they wait for an approval.',
  })
  @ApiCreatedResponse({ type: NewWebhookDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'subscription_invalid', 'subscriber_limit_reached'],
    'database_unavailable',
  )
  async create(@Body() body: CreateWebhookDto): Promise<NewWebhookDto> {
    const { webhook, secret } = await this.webhooks.create(scopeOfRequest(), toWebhookContent(body));
    return withRowVersion({ ...presentWebhook(webhook), secret }, webhook.rowVersion);
  }

  @Get('webhooks')
  @RequirePermission('notifications:read')
  @ApiOperation({
    operationId: 'listWebhooks',
    summary: 'List the webhooks',
    description:
      'Of the workspace, the newest first, with how their addresses fare. Secrets are never shown.',
  })
  @ApiOkResponse({ type: WebhookListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async list(): Promise<WebhookListDto> {
    return { webhooks: (await this.webhooks.list(scopeOfRequest())).map(presentWebhook) };
  }

  @Get('webhooks/:id')
  @ApiParam(ID)
  @RequirePermission('notifications:read')
  @ApiOperation({ operationId: 'getWebhook', summary: 'Get a webhook', description: 'By its id.' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'webhook_not_found', 'database_unavailable')
  async get(@Param('id') id: string): Promise<WebhookDto> {
    const row = await this.webhooks.get(scopeOfRequest(), id);
    return withRowVersion(presentWebhook(row), row.rowVersion);
  }

  @Patch('webhooks/:id')
  @ApiParam(ID)
  @UseETag()
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'updateWebhook',
    summary: 'Change a webhook',
    description:
      'What waits goes to the new address. Switched on again, it begins with a clean record; switched off, what waits is given up.',
  })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'webhook_not_found', 'subscription_invalid', 'stale_version'],
    'database_unavailable',
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateWebhookDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WebhookDto> {
    const row = await this.webhooks.update(scopeOfRequest(), id, toWebhookChange(body), demand(expected));
    return withRowVersion(presentWebhook(row), row.rowVersion);
  }

  @Delete('webhooks/:id')
  @ApiParam(ID)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'What waits for it is given up, its secret is destroyed; its log stays for its time.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'webhook_not_found', 'stale_version', 'database_unavailable'],
  )
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.webhooks.remove(scopeOfRequest(), id, demand(expected));
  }

  @Post('webhooks/:id/rotate-secret')
  @ApiParam(ID)
  @HttpCode(200)
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Give a webhook a new secret',
    description:
      'Shown this once. For a day messages carry a signature of each, so that no receiver misses one.',
  })
  @ApiOkResponse({ type: NewSecretDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'webhook_not_found', 'database_unavailable')
  async rotate(@Param('id') id: string): Promise<NewSecretDto> {
    return presentSecret(await this.webhooks.rotate(scopeOfRequest(), id));
  }

  @Post('notifications/run-secret')
  @HttpCode(200)
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'rotateRunSecret',
    summary: 'Make the secret for addresses that runs name',
    description:
      'Signs what is sent to the webhook of a run where that is no webhook of the workspace. Shown this once; made again, both sign for a day.',
  })
  @ApiOkResponse({ type: NewSecretDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async rotateOfRuns(): Promise<NewSecretDto> {
    return presentSecret(await this.webhooks.rotateOfRuns(scopeOfRequest()));
  }
}

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
