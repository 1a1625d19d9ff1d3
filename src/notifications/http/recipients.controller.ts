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
import { MailRecipients } from '../endpoints/mail-recipients';
import {
  AddRecipientDto,
  presentRecipient,
  RecipientDto,
  RecipientListDto,
  toRecipientChange,
  toRecipientContent,
  UpdateRecipientDto,
} from './recipients.dto';

const ID = { name: 'id', description: 'Its id.', example: '5d0e2b1c-3f0a-4f7a-8a39-7d2b6c9e1f00' };

@ApiTags('notifications')
@Controller({ path: 'mail-recipients', version: '1' })
export class RecipientsController {
  constructor(private readonly recipients: MailRecipients) {}

  @Post()
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'addMailRecipient',
    summary: 'Have somebody told by mail',
    description:
      'Without events they are told how runs end and where they wait for an approval. Nothing is sent while SMTP_URL is not set.',
  })
  @ApiCreatedResponse({ type: RecipientDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'subscription_invalid', 'mail_recipient_exists'],
    ...['subscriber_limit_reached', 'database_unavailable'],
  )
  async add(@Body() body: AddRecipientDto): Promise<RecipientDto> {
    const row = await this.recipients.add(scopeOfRequest(), toRecipientContent(body));
    return withRowVersion(presentRecipient(row), row.rowVersion);
  }

  @Get()
  @RequirePermission('notifications:read')
  @ApiOperation({
    operationId: 'listMailRecipients',
    summary: 'List who is told by mail',
    description: 'Of the workspace, the newest first.',
  })
  @ApiOkResponse({ type: RecipientListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async list(): Promise<RecipientListDto> {
    return { recipients: (await this.recipients.list(scopeOfRequest())).map(presentRecipient) };
  }

  @Patch(':id')
  @ApiParam(ID)
  @UseETag()
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'updateMailRecipient',
    summary: 'Change who is told by mail',
    description: 'What waits already still goes to the address before.',
  })
  @ApiOkResponse({ type: RecipientDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'mail_recipient_not_found', 'subscription_invalid'],
    ...['mail_recipient_exists', 'stale_version', 'database_unavailable'],
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateRecipientDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<RecipientDto> {
    const row = await this.recipients.update(scopeOfRequest(), id, toRecipientChange(body), demand(expected));
    return withRowVersion(presentRecipient(row), row.rowVersion);
  }

  @Delete(':id')
  @ApiParam(ID)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'removeMailRecipient',
    summary: 'Tell somebody no longer',
    description: 'What waits already is still sent.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'mail_recipient_not_found', 'stale_version'],
    'database_unavailable',
  )
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.recipients.remove(scopeOfRequest(), id, demand(expected));
  }
}

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
