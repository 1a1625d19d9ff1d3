export { type ToolCall, type ToolCallAnswer, ToolCaller } from './calls/tool-caller';
export { type SeenTools, ToolLists } from './calls/tool-lists';
export { CLIENTS, type ClientDefinition } from './clients';
export { mountFaces } from './faces/mount-faces';
export { GatewayModule } from './gateway.module';
export { GatewayOptions } from './gateway.options';
export { UpstreamPool } from './upstream/upstream-pool';
export { RoutingTable } from './routing/routing-table';
