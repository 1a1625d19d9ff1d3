import { api } from '~/api/client';
import { type components } from '~/api/schema.gen';

export type Endpoint = components['schemas']['EndpointDto'];
export type Selection = components['schemas']['ToolSelectionDto'];
export type Connection = components['schemas']['ConnectionDto'];
export type SeenClient = components['schemas']['SeenClientDto'];
export type Tool = components['schemas']['ToolDto'];

const LIST_MAX = 200;
const LOOK_EVERY_MS = 1_000;

export const useEndpoints = () =>
  api.useQuery('get', '/api/v1/mcp/endpoints', { params: { query: { limit: LIST_MAX } } });

export const useInstanceNames = () =>
  api.useQuery('get', '/api/v1/mcp/instances', { params: { query: { limit: LIST_MAX, sort: 'name' } } });

export const useTools = () => api.useQuery('get', '/api/v1/mcp/tools', {});

export const useClients = () =>
  api.useQuery('get', '/api/v1/mcp/connect/clients', {}, { staleTime: Infinity });

export const useConnection = (target: string, client: string) =>
  api.useQuery('get', '/api/v1/mcp/connect', { params: { query: { target, client } } });

/** Asked for every second while somebody waits for a client to come. */
export const useSeenClients = () =>
  api.useQuery('get', '/api/v1/mcp/connect/seen', {}, { refetchInterval: LOOK_EVERY_MS, staleTime: 0 });
