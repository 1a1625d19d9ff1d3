import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
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
  type ExpectedVersions,
  IfMatch,
  RequirePermission,
  UseETag,
  withRowVersion,
} from '@app/http';
import { isUuid } from '@app/kernel';
import { IssuerUnknownError } from '../domain/issuer.errors';
import { IssuerChanges } from '../issuer-changes';
import { IssuerStore, type StoredIssuer } from '../issuer-store';
import { OwnAddresses } from '../own-addresses';
import { TrustedIssuers } from '../trusted-issuers';
import { IssuerDto, IssuerListDto } from './issuer.dto';
import { CreateIssuerDto, UpdateIssuerDto } from './issuers.dto';
import { toChange, toDto, toIssuer, toSecrets } from './to-issuer';

const ID = { name: 'id', description: 'Its id.', example: '5f0c1f6e-7d53-4f0e-9d0a-2a3c9a0f4b11' };

@ApiTags('identity')
@Controller({ path: 'issuers', version: '1' })
export class IssuersController {
  constructor(
    private readonly changes: IssuerChanges,
    private readonly store: IssuerStore,
    private readonly trusted: TrustedIssuers,
    private readonly addresses: OwnAddresses,
  ) {}

  @Post()
  @RequirePermission('issuers:create')
  @ApiOperation({
    operationId: 'createIssuer',
    summary: 'Trust the tokens of an issuer',
    description:
      'Algorithms and keys are those of this row, whatever a token says. Its people get the roles that the table gives them.',
  })
  @ApiCreatedResponse({ type: IssuerDto })
  @ApiProblems(
    ...[
      'unauthenticated',
      'permission_denied',
      'issuer_invalid',
      'issuer_name_taken',
      'database_unavailable',
    ],
  )
  async create(@Body() body: CreateIssuerDto): Promise<IssuerDto> {
    return this.taken(await this.changes.create(toIssuer(body), toSecrets(body)));
  }

  @Get()
  @RequirePermission('issuers:read')
  @ApiOperation({
    operationId: 'listIssuers',
    summary: 'List the trusted issuers',
    description: 'Those of the settings first, then the others by name. Secrets are never shown.',
  })
  @ApiOkResponse({ type: IssuerListDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'database_unavailable')
  async list(): Promise<IssuerListDto> {
    const stored = (await this.store.all()).map(({ issuer }) => issuer);
    const issuers = [...this.trusted.fromSettings, ...stored];
    return { issuers: issuers.map((issuer) => toDto(issuer, this.addresses.canonical)) };
  }

  @Get(':id')
  @ApiParam(ID)
  @RequirePermission('issuers:read')
  @ApiOperation({ operationId: 'getIssuer', summary: 'Get a trusted issuer', description: 'By its id.' })
  @ApiOkResponse({ type: IssuerDto })
  @ApiProblems('unauthenticated', 'permission_denied', 'issuer_unknown', 'database_unavailable')
  async get(@Param('id') id: string): Promise<IssuerDto> {
    const builtIn = this.trusted.fromSettings.find((issuer) => issuer.id === id);
    if (builtIn !== undefined) return toDto(builtIn, this.addresses.canonical);
    if (!isUuid(id)) throw new IssuerUnknownError(id);
    return this.show(await this.store.get(id));
  }

  @Patch(':id')
  @ApiParam(ID)
  @UseETag()
  @RequirePermission('issuers:update')
  @ApiOperation({
    operationId: 'updateIssuer',
    summary: 'Change a trusted issuer',
    description:
      'What is sent replaces what was. Every process judges tokens by the new row as soon as it hears of it, at the latest after half a minute.',
  })
  @ApiOkResponse({ type: IssuerDto })
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'issuer_unknown', 'issuer_built_in', 'issuer_invalid'],
    ...['stale_version', 'database_unavailable'],
  )
  async update(
    @Param('id') id: string,
    @Body() body: UpdateIssuerDto,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<IssuerDto> {
    const change = { content: toChange(body), secrets: toSecrets(body), demandVersion: demand(expected) };
    return this.taken(await this.changes.update(id, change));
  }

  @Delete(':id')
  @ApiParam(ID)
  @HttpCode(204)
  @UseETag()
  @RequirePermission('issuers:delete')
  @ApiOperation({
    operationId: 'deleteIssuer',
    summary: 'Trust an issuer no longer',
    description:
      'Every process refuses its tokens as soon as it hears of it, at the latest after half a minute. Sessions that began there end by themselves.',
  })
  @ApiNoContentResponse()
  @ApiProblems(
    ...['unauthenticated', 'permission_denied', 'issuer_unknown', 'issuer_built_in', 'stale_version'],
    'database_unavailable',
  )
  async remove(@Param('id') id: string, @IfMatch() expected: ExpectedVersions): Promise<void> {
    await this.changes.remove(id, demand(expected));
    await this.trusted.reload();
  }

  /** Who is told that the change was made may rely on it, in this process at once. */
  private async taken(stored: StoredIssuer): Promise<IssuerDto> {
    await this.trusted.reload();
    return this.show(stored);
  }

  private show({ issuer, rowVersion }: StoredIssuer): IssuerDto {
    return withRowVersion(toDto(issuer, this.addresses.canonical), rowVersion);
  }
}

const demand =
  (expected: ExpectedVersions) =>
  (rowVersion: number): void => {
    assertVersion(expected, rowVersion);
  };
