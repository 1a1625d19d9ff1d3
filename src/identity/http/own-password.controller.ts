import { Body, Controller, HttpCode, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { principalOfRequest } from '@app/telemetry';
import { OwnAccount } from '../users/own-account';
import { ChangePasswordDto } from './me.dto';

@ApiTags('identity')
@Controller({ path: 'me/password', version: '1' })
export class OwnPasswordController {
  constructor(private readonly account: OwnAccount) {}

  @Put()
  @HttpCode(204)
  @RequirePermission('me:update')
  @ApiOperation({
    operationId: 'changeOwnPassword',
    summary: 'Change your password',
    description: 'In a session of your own; every other one ends. Keys stay as they are.',
  })
  @ApiNoContentResponse()
  @ApiProblems('unauthenticated', 'permission_denied', 'wrong_password', 'password_refused', 'rate_limited')
  async change(@Body() { current_password, new_password }: ChangePasswordDto): Promise<void> {
    await this.account.changePassword(principalOfRequest(), {
      current: current_password,
      next: new_password,
    });
  }
}
