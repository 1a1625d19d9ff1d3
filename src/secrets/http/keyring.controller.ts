import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '@app/http';
import { KeyRotations } from '../keyring/key-rotations';
import { KeyringStatus } from '../keyring/keyring-status';
import { KeyringDto, KeyRotationAcceptedDto, presentKeyring } from './keyring.dto';

@ApiTags('secrets')
@Controller({ path: 'secrets', version: '1' })
export class KeyringController {
  constructor(
    private readonly status: KeyringStatus,
    private readonly rotations: KeyRotations,
  ) {}

  @Get('keyring')
  @RequirePermission('secrets:rotate')
  @ApiOperation({
    operationId: 'getKeyring',
    summary: 'Read which master keys there are',
    description: 'What each wraps, and which of them can be removed. For administrators of the installation.',
  })
  @ApiOkResponse({ type: KeyringDto })
  async keyring(): Promise<KeyringDto> {
    return presentKeyring(await this.status.report());
  }

  @Post('rotate-key')
  @HttpCode(202)
  @RequirePermission('secrets:rotate')
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'Wrap all secrets with the primary master key',
    description:
      'A worker does it while everything goes on; no value is opened. Asked for again, it is the same rotation.',
  })
  @ApiAcceptedResponse({ type: KeyRotationAcceptedDto })
  async rotate(): Promise<KeyRotationAcceptedDto> {
    const { operationId, kid } = await this.rotations.request();
    return { operation_id: operationId, kid };
  }
}
