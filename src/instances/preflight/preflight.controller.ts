import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { callerOfRequest } from '../commands/caller-of-request';
import { CreateInstanceDto } from '../http/create-instance.dto';
import { toInstanceDraft } from '../http/to-instance-draft';
import { PreflightDto } from './preflight.dto';
import { Preflight } from './preflight.service';

@ApiTags('instances')
@Controller({ path: 'mcp/instances', version: '1' })
export class PreflightController {
  constructor(private readonly preflight: Preflight) {}

  /** It reaches addresses and engines as a create does, hence the same permission. */
  @Post('check')
  @HttpCode(200)
  @RequirePermission('instances:create')
  @ApiOperation({
    operationId: 'checkInstance',
    summary: 'Check an instance before it is made',
    description: 'Name, secrets, limits, and whether its image or address can be reached; stores nothing.',
  })
  @ApiOkResponse({ type: PreflightDto })
  @ApiProblems('instance_spec_invalid')
  check(@Body() body: CreateInstanceDto): Promise<PreflightDto> {
    return this.preflight.check(toInstanceDraft(body), callerOfRequest());
  }
}
