export { CLIENTS, type ClientDefinition } from './clients';
export { GatewayModule } from './gateway.module';
export { GatewayOptions } from './gateway.options';
export { RoutingTable } from './routing/routing-table';
