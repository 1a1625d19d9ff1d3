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
import { Workspaces } from './workspaces';
import { CreateWorkspaceDto, UpdateWorkspaceDto, WorkspaceDto, WorkspacePageDto } from './workspaces.dto';
import { type Workspace, WorkspaceRows } from './workspace-rows';

const ID = { name: 'id', description: 'Id or name.', example: 'research' };
/** Sealed into cursors, so that one of another list does not fit here. */
const LIST = { list: 'workspaces' } as const;

/** For administrators of the first workspace, who administer the installation. */
@ApiTags('identity')
@Controller({ path: 'workspaces', version: '1' })
export class WorkspacesController {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly rows: WorkspaceRows,
    private readonly cursors: Cursors,
  ) {}

  @Post()
  @RequirePermission('workspaces:create')
  @ApiOperation({
    operationId: 'createWorkspace',
    summary: 'Create a workspace',
    description: 'It begins empty; what belongs to one workspace does not exist in another.',
  })
  @ApiCreatedResponse({ type: WorkspaceDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'workspace_name_taken')
  async create(@Body() { name, description = '' }: CreateWorkspaceDto): Promise<WorkspaceDto> {
    return show(await this.workspaces.create(name, description));
  }

  @Get()
  @RequirePermission('workspaces:read')
  @ApiOperation({
    operationId: 'listWorkspaces',
    summary: 'List workspaces',
    description: 'By name, page by page.',
  })
  @ApiOkResponse({ type: WorkspacePageDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'invalid_cursor')
  async list(@Query() { limit, cursor }: ListQuery): Promise<WorkspacePageDto> {
    const page = await this.rows.page(limit, this.cursors.startOf(cursor, LIST));
    return {
      workspaces: page.items.map((one) => WorkspaceDto.from(one)),
      next_cursor: this.cursors.nextOf(page.next, LIST),
    };
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('workspaces:read')
  @ApiOperation({
    operationId: 'getWorkspace',
    summary: 'Read a workspace',
    description: 'By its id or name.',
  })
  @ApiOkResponse({ type: WorkspaceDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'workspace_not_found')
  async get(@Param('id') id: string): Promise<WorkspaceDto> {
    return show(await this.rows.get(id));
  }

  @Patch(':id')
  @ApiParam(ID)
  @UseETag()
  @RequirePermission('workspaces:update')
  @ApiOperation({
    operationId: 'updateWorkspace',
    summary: 'Rename or describe a workspace',
    description: 'Its id stays.',
  })
  @ApiOkResponse({ type: WorkspaceDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'workspace_not_found',
    'workspace_name_taken',
    'stale_version',
  )
  async update(
    @Param('id') id: string,
    @Body() { name, description }: UpdateWorkspaceDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<WorkspaceDto> {
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    };
    return show(await this.workspaces.update(id, change, demand(expected)));
  }

  @Delete(':id')
  @ApiParam(ID)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('workspaces:delete')
  @ApiOperation({
    operationId: 'deleteWorkspace',
    summary: 'Delete an empty workspace',
    description: 'Refused while it owns anything. Records of what was done in it stay.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'workspace_not_found',
    'workspace_in_use',
    'stale_version',
  )
  async delete(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.workspaces.delete(id, demand(expected));
  }
}

const show = (workspace: Workspace): WorkspaceDto =>
  withRowVersion(WorkspaceDto.from(workspace), workspace.rowVersion);

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
