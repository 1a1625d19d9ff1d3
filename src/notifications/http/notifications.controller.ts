import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { scopeOfRequest } from '@app/telemetry';
import { Notifications } from '../endpoints/notifications';
import {
  ListNotificationsDto,
  NotificationDetailDto,
  NotificationPageDto,
  presentDetail,
  presentNotification,
} from './notifications.dto';

const ID = { name: 'id', description: 'Its id.', example: '9f1a2b3c-4d5e-4f60-8a7b-8c9d0e1f2a3b' };

@ApiTags('notifications')
@Controller({ path: 'notifications', version: '1' })
export class NotificationsController {
  constructor(
    private readonly notifications: Notifications,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('notifications:read')
  @ApiOperation({
    operationId: 'listNotifications',
    summary: 'What was sent to whom, the newest first',
    description:
      'Messages to webhooks and mailboxes of the workspace, with what became of them. Kept for 30 days.',
  })
  @ApiOkResponse({ type: NotificationPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor', 'database_unavailable')
  async list(@Query() { limit, cursor, ...filter }: ListNotificationsDto): Promise<NotificationPageDto> {
    const after = this.cursors.startOf(cursor, { ...filter });
    const page = await this.notifications.page(scopeOfRequest(), filter, limit, after);
    return {
      notifications: page.items.map(presentNotification),
      next_cursor: this.cursors.nextOf(page.next, { ...filter }),
    };
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('notifications:read')
  @ApiOperation({
    operationId: 'getNotification',
    summary: 'One message with all tries',
    description: 'Its body, and for each try what was asked and how it was answered.',
  })
  @ApiOkResponse({ type: NotificationDetailDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'notification_not_found', 'database_unavailable')
  async get(@Param('id') id: string): Promise<NotificationDetailDto> {
    return presentDetail(await this.notifications.get(scopeOfRequest(), id));
  }

  @Post(':id/redeliver')
  @ApiParam(ID)
  @HttpCode(202)
  @RequirePermission('notifications:write')
  @ApiOperation({
    operationId: 'redeliverNotification',
    summary: 'Send a message again',
    description:
      'Whatever became of it: the same message under the same id, at once, with all its retries before it. A receiver that has it already can see that.',
  })
  @ApiAcceptedResponse({ type: NotificationDetailDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'notification_not_found', 'notification_target_gone'],
    'database_unavailable',
  )
  async redeliver(@Param('id') id: string): Promise<NotificationDetailDto> {
    return presentDetail(await this.notifications.redeliver(scopeOfRequest(), id));
  }
}
