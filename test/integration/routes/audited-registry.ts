import { type Database } from '@app/database';
import { type Case } from './audited-case';

/** An address that may not be asked: the look ends at once, and the wish for it is what is told. */
async function namedRegistry(db: Database): Promise<void> {
  await db.execute(
    `INSERT INTO setting (name, value) VALUES ('registry_url', '"http://127.0.0.1:1"') ON CONFLICT (name) DO NOTHING`,
  );
}

const published = (what: string) => (): string => `/api/v1/registry/published/${what}`;

/** While there is an instance. */
export const REGISTRY_CASES: readonly Case[] = [
  { operation: 'publishInstance', path: published('instances/audited'), action: 'mcp.registry.published' },
  { operation: 'withdrawInstance', path: published('instances/audited'), action: 'mcp.registry.withdrawn' },
  { operation: 'refreshRegistry', prepare: namedRegistry, action: 'mcp.registry.refresh.requested' },
];

/** While there is an endpoint. */
export const ENDPOINT_REGISTRY_CASES: readonly Case[] = [
  { operation: 'publishEndpoint', path: published('endpoints/audited'), action: 'mcp.registry.published' },
  { operation: 'withdrawEndpoint', path: published('endpoints/audited'), action: 'mcp.registry.withdrawn' },
];
