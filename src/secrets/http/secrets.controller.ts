import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Cursors, RequirePermission } from '@app/http';
import { SecretQueries } from '../secret-queries';
import { SecretVault } from '../secret-vault';
import {
  ListSecretsQuery,
  presentDetails,
  presentSecret,
  PutSecretDto,
  SecretDetailsDto,
  SecretListDto,
  StoredSecretDto,
} from './secret.dto';

const SCOPE = {
  name: 'scope',
  description: 'An instance id, `shared`, or one of your own.',
  example: 'shared',
};
const NAME = { name: 'name', description: 'Upper-case letters, digits, underscores.', example: 'API_KEY' };

@ApiTags('secrets')
@Controller({ path: 'secrets', version: '1' })
export class SecretsController {
  constructor(
    private readonly vault: SecretVault,
    private readonly queries: SecretQueries,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('secrets:read')
  @ApiOperation({
    operationId: 'listSecrets',
    summary: 'List secrets',
    description: 'Names and who uses them, never values.',
  })
  @ApiOkResponse({ type: SecretListDto })
  @ApiProblems('invalid_cursor')
  async list(@Query() { limit, cursor, scope }: ListSecretsQuery): Promise<SecretListDto> {
    const bound = { list: 'secrets', scope };
    const page = await this.queries.list(this.cursors.startOf(cursor, bound), limit, scope);
    return { secrets: page.items.map(presentSecret), next_cursor: this.cursors.nextOf(page.next, bound) };
  }

  @Get(':scope/:name')
  @RequirePermission('secrets:read')
  @ApiOperation({
    operationId: 'getSecret',
    summary: 'Read what is known of a secret',
    description: 'Its versions and who uses them, never a value.',
  })
  @ApiParam(SCOPE)
  @ApiParam(NAME)
  @ApiOkResponse({ type: SecretDetailsDto })
  @ApiProblems('secret_not_found')
  async get(@Param('scope') scope: string, @Param('name') name: string): Promise<SecretDetailsDto> {
    return presentDetails(await this.queries.get(scope, name));
  }

  @Put(':scope/:name')
  @RequirePermission('secrets:write')
  @ApiOperation({
    operationId: 'putSecret',
    summary: 'Store a secret',
    description: 'A new value is a new version; instances take it at their next start.',
  })
  @ApiParam(SCOPE)
  @ApiParam(NAME)
  @ApiOkResponse({ type: StoredSecretDto })
  @ApiProblems('secret_address_invalid', 'secret_kept_elsewhere')
  async put(
    @Param('scope') scope: string,
    @Param('name') name: string,
    @Body() { value }: PutSecretDto,
  ): Promise<StoredSecretDto> {
    return { scope, ...(await this.vault.put(scope, name, value)) };
  }

  @Delete(':scope/:name')
  @HttpCode(204)
  @RequirePermission('secrets:delete')
  @ApiOperation({
    operationId: 'deleteSecret',
    summary: 'Delete a secret',
    description: 'With all its versions; refused while an instance refers to it.',
  })
  @ApiParam(SCOPE)
  @ApiParam(NAME)
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems('secret_not_found', 'secret_in_use')
  async delete(@Param('scope') scope: string, @Param('name') name: string): Promise<void> {
    await this.vault.delete(scope, name);
  }
}
