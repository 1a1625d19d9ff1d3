import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { CLIENTS } from '../clients';
import { ConnectQuery } from '../queries/connect.query';
import { SeenClientsQuery } from '../queries/seen-clients.query';
import { ClientDto, ClientListDto, ConnectDto, ConnectionDto } from './connect.dto';
import { SeenClientDto, SeenClientListDto } from './seen-clients.dto';

@ApiTags('connect')
@Controller({ path: 'mcp/connect', version: '1' })
export class ConnectController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @RequirePermission('endpoints:read')
  @ApiOperation({
    operationId: 'getConnection',
    summary: 'The configuration of a client for a server',
    description: 'The text, where it belongs, and a command or a link where the client has one. Never a key.',
  })
  @ApiOkResponse({ type: ConnectionDto })
  @ApiProblems(
    'unauthenticated',
    'permission_denied',
    'client_unknown',
    'endpoint_unknown',
    'routing_unavailable',
  )
  async connect(@Query() { target, client }: ConnectDto): Promise<ConnectionDto> {
    return ConnectionDto.from(await this.queries.execute(new ConnectQuery(target, client)));
  }

  @Get('seen')
  @RequirePermission('endpoints:read')
  @ApiOperation({
    operationId: 'listSeenClients',
    summary: 'The clients that came to the MCP faces lately',
    description:
      'What each calls itself, by which key or user it came, and how far it got. Kept in memory: after a start it is empty, and of very many the latest are there.',
  })
  @ApiOkResponse({ type: SeenClientListDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  async seen(): Promise<SeenClientListDto> {
    const seen = await this.queries.execute(new SeenClientsQuery());
    return { clients: seen.map(SeenClientDto.from) };
  }

  @Get('clients')
  @RequirePermission('endpoints:read')
  @ApiOperation({
    operationId: 'listClients',
    summary: 'The clients there is a configuration for',
    description: 'With the places where each keeps its configuration.',
  })
  @ApiOkResponse({ type: ClientListDto })
  @ApiProblems('unauthenticated', 'permission_denied')
  clients(): ClientListDto {
    return { clients: CLIENTS.map(ClientDto.from) };
  }
}
