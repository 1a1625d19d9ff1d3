import { McpRequestRefusedError, RPC } from '@app/mcp';

const OURS = { serverName: 'quayside', started: false } as const;

export type Nameable = 'tool' | 'prompt' | 'resource';

/** The same words for what does not exist and for what this caller may not use: one must not learn which. */
export const unknown = (what: Nameable, name: string): McpRequestRefusedError =>
  new McpRequestRefusedError(`Unknown ${what}: ${name}`, RPC.invalidParams, OURS);

export const invalid = (words: string): McpRequestRefusedError =>
  new McpRequestRefusedError(words, RPC.invalidParams, OURS);

export const unknownMethod = (method: string): McpRequestRefusedError =>
  new McpRequestRefusedError(`Method not found: ${method}`, RPC.methodNotFound, OURS);
