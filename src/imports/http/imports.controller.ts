import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission, WaitQuery } from '@app/http';
import { CommitImportCommand, PlanImportCommand, UndoImportCommand } from '../commands/import.commands';
import { ImportQueries } from '../queries/import-queries';
import { CommitImportDto, ImportDto, ImportListDto, PlanImportDto, presentImport } from './import.dto';

const ID = { name: 'id', description: 'Id of the import.', example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52' };
/** Instances mostly go within it. */
const UNDO_WAIT_S = 15;

@ApiTags('imports')
@Controller({ path: 'imports', version: '1' })
export class ImportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: ImportQueries,
  ) {}

  @Post()
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'planImport',
    summary: 'Plan an import',
    description: 'Reads the text, tries what would be made of it, and makes nothing. The plan lasts an hour.',
  })
  @ApiCreatedResponse({ type: ImportDto })
  @ApiProblems('import_unreadable')
  async plan(@Body() { content }: PlanImportDto): Promise<ImportDto> {
    return presentImport(await this.commands.execute(new PlanImportCommand(content)));
  }

  @Get()
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'listImports',
    summary: 'List imports',
    description: 'Your own that were committed, newest first.',
  })
  @ApiOkResponse({ type: ImportListDto })
  @ApiProblems()
  async list(): Promise<ImportListDto> {
    return { imports: (await this.queries.list()).map(presentImport) };
  }

  @Get(':id')
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'getImport',
    summary: 'Read an import',
    description: 'The plan, and what came of it.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: ImportDto })
  @ApiProblems('import_not_found')
  async get(@Param('id') id: string): Promise<ImportDto> {
    return presentImport(await this.queries.get(id));
  }

  @Post(':id/commit')
  @HttpCode(200)
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'commitImport',
    summary: 'Carry out a planned import',
    description: 'Each item on its own; one that fails stops no other.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: ImportDto })
  @ApiProblems('import_not_found', 'import_not_planned', 'import_item_unknown')
  async commit(@Param('id') id: string, @Body() { include }: CommitImportDto): Promise<ImportDto> {
    return presentImport(await this.commands.execute(new CommitImportCommand(id, include)));
  }

  @Delete(':id')
  @RequirePermission('servers:create')
  @ApiOperation({
    operationId: 'undoImport',
    summary: 'Take back an import',
    description: 'Removes what it made and nothing else; ask again while instances are going.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: ImportDto })
  @ApiProblems('import_not_found')
  async undo(@Param('id') id: string, @Query() { wait }: WaitQuery): Promise<ImportDto> {
    return presentImport(await this.commands.execute(new UndoImportCommand(id, wait ?? UNDO_WAIT_S)));
  }
}
