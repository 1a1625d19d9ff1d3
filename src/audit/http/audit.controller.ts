import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { ListAuditQuery } from '../queries/list-audit.query';
import { AuditEntryDto, AuditPageDto, ListAuditDto } from './audit.dto';

@ApiTags('audit')
@Controller({ path: 'audit', version: '1' })
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Who did what, the newest first',
    description: 'Changes, denials and tool calls. Arguments of calls appear by their shape, secrets never.',
  })
  @ApiOkResponse({ type: AuditPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor', 'database_unavailable')
  async list(@Query() { limit, cursor, ...filter }: ListAuditDto): Promise<AuditPageDto> {
    const after = this.cursors.startOf(cursor, { ...filter });
    const { from, to, ...rest } = filter;
    const period = {
      ...(from === undefined ? {} : { from: new Date(from) }),
      ...(to === undefined ? {} : { to: new Date(to) }),
    };
    const page = await this.queries.execute(new ListAuditQuery({ ...rest, ...period }, limit, after));
    return {
      entries: page.items.map(AuditEntryDto.from),
      next_cursor: this.cursors.nextOf(page.next, { ...filter }),
    };
  }
}
