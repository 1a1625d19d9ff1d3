import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { systemClock } from '@app/kernel';
import { ToolSchemas } from '@app/mcp';
import { Keyring } from '@app/security';
import { AuditTrailModule } from '../audit';
import { AccessModule, CallersModule, IdentityModule } from '../identity';
import { CallBudgetModule, RateLimitsModule } from '../limits';
import { HealthModule } from '../observability';
import { SecretsModule } from '../secrets';
import { SettingsModule } from '../settings';
import { GatewayAccess } from './access/gateway-access';
import { Catalogs } from './aggregate/catalogs';
import { ConversationParts } from './aggregate/conversation-parts';
import { Faces } from './aggregate/faces';
import { FanIn } from './aggregate/fan-in';
import { GatewayConversations } from './aggregate/gateway-conversations';
import { ListNews } from './aggregate/list-news';
import { MemberCalls } from './aggregate/member-calls';
import { MemberReader } from './aggregate/member-reader';
import { Pages } from './aggregate/pages';
import { AskingCaller } from './calls/asking/asking-caller';
import { AskingLimits } from './calls/asking/asking-limits';
import { Discovery } from './calls/discovery';
import { Readings } from './calls/readings';
import { ServerStatuses } from './calls/server-status';
import { ToolCaller } from './calls/tool-caller';
import { ToolLists } from './calls/tool-lists';
import { UpstreamCalls } from './calls/upstream-calls';
import { CreateEndpointHandler } from './commands/create-endpoint.handler';
import { DeleteEndpointHandler } from './commands/delete-endpoint.handler';
import { UpdateEndpointHandler } from './commands/update-endpoint.handler';
import { EndpointRepository } from './domain/endpoint.repository';
import { Door } from './faces/door';
import { FaceLookup } from './faces/face-lookup';
import { TerminalFront } from './faces/face-request';
import { Gate } from './faces/gate';
import { Hall } from './faces/hall';
import { ResourceMetadata } from './faces/resource-metadata';
import { StreamWatch } from './faces/stream-watch';
import { Turnstile } from './faces/turnstile';
import { GatewayFollowsSettings } from './follow-settings';
import { GatewayOptions } from './gateway.options';
import { ConnectController } from './http/connect.controller';
import { EndpointsController } from './http/endpoints.controller';
import { PlainToolCalls } from './http/plain-tool-calls';
import { PromptsController } from './http/prompts.controller';
import { ResourcesController } from './http/resources.controller';
import { ServersStatusController } from './http/servers-status.controller';
import { ToolPinsController } from './http/tool-pins.controller';
import { ToolsController } from './http/tools.controller';
import { SqlCallStore } from './persistence/sql-call.store';
import { SqlEndpointRepository } from './persistence/sql-endpoint.repository';
import { PinDesk } from './pins/pin-desk';
import { PinStore } from './pins/pin.store';
import { ToolPins } from './pins/tool-pins';
import { ConnectHandler } from './queries/connect.handler';
import { SeenClientsHandler } from './queries/seen-clients.handler';
import { GetEndpointHandler, ListEndpointsHandler } from './queries/endpoint.handlers';
import { EndpointReader } from './queries/endpoint.reader';
import { EndpointRefresh } from './routing/endpoint-refresh';
import { EndpointSource, SqlEndpointSource } from './routing/endpoint.source';
import { EndpointTable } from './routing/endpoint-table';
import { BatchedCallLedger } from './records/batched-call-ledger';
import { CallLedger } from './records/call-record';
import { CallMetrics } from './records/call-metrics';
import { CallStore } from './records/call-store';
import { GatewayGauges } from './records/gateway-gauges';
import { SessionMetrics } from './records/session-metrics';
import { TokenMetrics } from './records/token-metrics';
import { EraVerdicts } from './relay/era-verdicts';
import { Relay } from './relay/relay';
import { RelaySessions } from './relay/relay-sessions';
import { RelayTargets } from './relay/relay-targets';
import { RouteReader, SqlRouteReader } from './routing/route.reader';
import { RoutingHealth } from './routing/routing-health';
import { RoutingRefresh } from './routing/routing-refresh';
import { RoutingTable } from './routing/routing-table';
import { SessionIds } from './sessions/session-ids';
import { Conversations } from './terminal/conversation';
import { McpFront } from './terminal/mcp-front';
import { SchemaChecks } from './upstream/schema-checks';
import { ServersHealth } from './upstream/servers-health';
import { UpstreamCredentials } from './upstream/credentials';
import { UpstreamConnector } from './upstream/upstream-connector';
import { UpstreamPool } from './upstream/upstream-pool';
import { Visitors } from './visitors/visitors';

const ROUTING = [
  { provide: RouteReader, useClass: SqlRouteReader },
  {
    provide: RoutingTable,
    useFactory: (reader: RouteReader, options: GatewayOptions) =>
      new RoutingTable(reader, systemClock, options),
    inject: [RouteReader, GatewayOptions],
  },
  RoutingHealth,
  RoutingRefresh,
  { provide: EndpointSource, useClass: SqlEndpointSource },
  {
    provide: EndpointTable,
    useFactory: (source: EndpointSource, options: GatewayOptions) =>
      new EndpointTable(source, systemClock, options),
    inject: [EndpointSource, GatewayOptions],
  },
  EndpointRefresh,
];
const UPSTREAMS = [
  { provide: ToolSchemas, useFactory: () => new ToolSchemas() },
  SchemaChecks,
  ServersHealth,
  UpstreamCredentials,
  UpstreamConnector,
  UpstreamPool,
  ...[PinStore, ToolPins, PinDesk],
];
const CALLS = [
  GatewayFollowsSettings,
  GatewayAccess,
  AskingCaller,
  AskingLimits,
  Discovery,
  Readings,
  ServerStatuses,
  ToolCaller,
  ToolLists,
  UpstreamCalls,
];
const RECORDS = [
  { provide: CallStore, useClass: SqlCallStore },
  BatchedCallLedger,
  { provide: CallLedger, useExisting: BatchedCallLedger },
  CallMetrics,
  GatewayGauges,
  SessionMetrics,
  TokenMetrics,
];
const CONVERSATIONS = [
  { provide: Pages, useFactory: (keyring: Keyring) => new Pages(keyring), inject: [Keyring] },
  ...[Catalogs, ConversationParts, Faces, FanIn, ListNews, MemberCalls, MemberReader],
  { provide: Conversations, useClass: GatewayConversations },
];
const FACES = [
  ...[SessionIds, Gate, FaceLookup, Hall, ResourceMetadata, StreamWatch, Turnstile, Visitors, Door],
  ...[Relay, RelayTargets, RelaySessions, EraVerdicts],
  ...[McpFront, PlainToolCalls],
  { provide: TerminalFront, useExisting: McpFront },
];
const ENDPOINTS = [
  { provide: EndpointRepository, useClass: SqlEndpointRepository },
  EndpointReader,
  CreateEndpointHandler,
  UpdateEndpointHandler,
  DeleteEndpointHandler,
  GetEndpointHandler,
  ListEndpointsHandler,
  ConnectHandler,
  SeenClientsHandler,
];

/** The root provides `GatewayOptions`. */
@Module({
  imports: [
    ...[
      AccessModule,
      AuditTrailModule,
      CallersModule,
      CqrsModule,
      HealthModule,
      IdentityModule,
      SecretsModule,
    ],
    ...[CallBudgetModule, RateLimitsModule, SettingsModule],
  ],
  controllers: [
    ...[ServersStatusController, ToolsController, ResourcesController, PromptsController],
    ...[EndpointsController, ConnectController, ToolPinsController],
  ],
  providers: [...ROUTING, ...UPSTREAMS, ...CALLS, ...RECORDS, ...CONVERSATIONS, ...FACES, ...ENDPOINTS],
  exports: [RoutingTable, UpstreamPool, ToolCaller, ToolLists],
})
export class GatewayModule {}
