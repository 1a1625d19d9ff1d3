import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { ExportSigner } from '../export/export-signer';
import { ExportAuditQuery } from '../queries/export-audit.query';
import { GetAuditEntryQuery } from '../queries/get-audit-entry.query';
import { type AuditFilter, ListAuditQuery } from '../queries/list-audit.query';
import { VerifyAuditQuery } from '../queries/verify-audit.query';
import { AuditEntryDto, AuditPageDto, GetAuditEntryDto, ListAuditDto } from './audit.dto';
import { workspaceRead } from './audit-reader';
import { ExportAuditDto } from './export.dto';
import { anchorOf, AuditVerdictDto, VerifyAuditDto } from './verify.dto';

const TEXT = { type: 'string' } as const;
const EXPORTED = {
  'application/x-ndjson': {
    schema: TEXT,
    example: '{"specversion":"1.0","type":"audit.entry.v1","data":{}}\n{"quayside_export":{"entries":1}}\n',
  },
  'text/csv': { schema: TEXT, example: 'id,at,workspace_id\r\n#quayside_export {"entries":0}\r\n' },
};

@ApiTags('audit')
@Controller({ path: 'audit', version: '1' })
export class AuditController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
    private readonly signer: ExportSigner,
  ) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Who did what, the newest first',
    description:
      'Changes, denials and tool calls of the workspace; administrators of the installation see those of all. Arguments of calls appear by their shape, secrets never.',
  })
  @ApiOkResponse({ type: AuditPageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor', 'database_unavailable')
  async list(@Query() { limit, cursor, ...filter }: ListAuditDto): Promise<AuditPageDto> {
    const after = this.cursors.startOf(cursor, { ...filter });
    const query = new ListAuditQuery(workspaceRead(), filterOf(filter), limit, after);
    const page = await this.queries.execute(query);
    return {
      entries: page.items.map(AuditEntryDto.from),
      next_cursor: this.cursors.nextOf(page.next, { ...filter }),
    };
  }

  @Get('verify')
  @RequirePermission('audit:verify')
  @ApiOperation({
    operationId: 'verifyAudit',
    summary: 'Whether the trail is as it was written',
    description:
      'Recomputes the chain of hashes over all rows, a bounded number of links per request, and names the first thing that was altered, removed, inserted or put elsewhere.',
  })
  @ApiOkResponse({ type: AuditVerdictDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async verify(@Query() { from_sequence: from, limit, anchor }: VerifyAuditDto): Promise<AuditVerdictDto> {
    const report = await this.queries.execute(new VerifyAuditQuery(from, limit, anchorOf(anchor)));
    return AuditVerdictDto.from(report, this.signer.key(), workspaceRead());
  }

  @Get('export')
  @RequirePermission('audit:export')
  @ApiOperation({
    operationId: 'exportAudit',
    summary: 'The trail as a file, the oldest first',
    description:
      'Streams all entries that match. The last line is a signed trailer: a file without it is not complete. docs/audit.md says how to check it.',
  })
  @ApiOkResponse({ description: 'One entry per line, then the trailer.', content: EXPORTED })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async export(@Query() { format, ...filter }: ExportAuditDto): Promise<StreamableFile> {
    const request = { workspaceId: workspaceRead(), filter: filterOf(filter), format };
    const { mediaType, chunks } = await this.queries.execute(new ExportAuditQuery(request));
    return new StreamableFile(Readable.from(chunks), {
      type: mediaType,
      disposition: `attachment; filename="quayside-audit.${format}"`,
    });
  }

  @Get(':id')
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'getAuditEntry',
    summary: 'Read an entry of the trail',
    description:
      'As the list shows it. An entry about a call is found with its time, any other without it too.',
  })
  @ApiParam({
    name: 'id',
    description: 'The id of the entry.',
    example: '0b1f5a52-52e8-4c39-8f4a-8e4c6a1f2b3c',
  })
  @ApiOkResponse({ type: AuditEntryDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'audit_entry_unknown', 'database_unavailable')
  async get(@Param('id') id: string, @Query() { at }: GetAuditEntryDto): Promise<AuditEntryDto> {
    const when = at === undefined ? undefined : new Date(at);
    return AuditEntryDto.from(await this.queries.execute(new GetAuditEntryQuery(workspaceRead(), id, when)));
  }
}

function filterOf({ from, to, ...rest }: Omit<ListAuditDto, 'limit' | 'cursor'>): AuditFilter {
  return {
    ...rest,
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
}
