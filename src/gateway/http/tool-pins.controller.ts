import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { PinDesk } from '../pins/pin-desk';
import { ApproveToolDto, SetPinningDto, ToolPinsDto } from './tool-pins.dto';

const ID = { name: 'id', description: 'Id or name of the instance.', example: 'docs-search' };

@ApiTags('tools')
@Controller({ path: 'mcp/tools/pins/:id', version: '1' })
export class ToolPinsController {
  constructor(private readonly desk: PinDesk) {}

  @Get()
  @ApiParam(ID)
  @RequirePermission('instances:read')
  @ApiOperation({
    operationId: 'getToolPins',
    summary: 'What was approved of the tools of an instance',
    description: 'And what the server says now of those that it changed since: they are in quarantine.',
  })
  @ApiOkResponse({ type: ToolPinsDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async get(@Param('id') id: string): Promise<ToolPinsDto> {
    return ToolPinsDto.from(await this.desk.show(id));
  }

  @Put()
  @ApiParam(ID)
  @RequirePermission('instances:update')
  @ApiOperation({
    operationId: 'setToolPinning',
    summary: 'Pin the tools of an instance, or no longer',
    description:
      'What the server offers at its first sight is approved. From then on a tool whose name, title, description, schemas or annotations change is neither listed nor called until somebody approves it.',
  })
  @ApiOkResponse({ type: ToolPinsDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'server_unknown', 'routing_unavailable')
  async set(@Param('id') id: string, @Body() { enabled }: SetPinningDto): Promise<ToolPinsDto> {
    return ToolPinsDto.from(await this.desk.setPinning(id, enabled));
  }

  @Post('approve')
  @HttpCode(200)
  @ApiParam(ID)
  @RequirePermission('instances:update')
  @ApiOperation({
    operationId: 'approveTool',
    summary: 'Approve what a tool in quarantine says now',
    description: 'Bound to the content by its digest: what the server says later is another matter.',
  })
  @ApiOkResponse({ type: ToolPinsDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'server_unknown',
    'tool_pin_stale',
    'routing_unavailable',
  )
  async approve(@Param('id') id: string, @Body() { tool, sha256 }: ApproveToolDto): Promise<ToolPinsDto> {
    return ToolPinsDto.from(await this.desk.approve(id, tool, sha256));
  }
}
