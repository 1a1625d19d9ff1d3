import { type JsonObject } from '@app/kernel';
import { type PublishedKind, suffixOf } from './server-names';

/** The version of `server.json` that is written and read here. */
export const SERVER_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
/** Under this name clients look for what a registry itself knows of an entry. */
export const REGISTRY_META = 'io.modelcontextprotocol.registry/official';
const DESCRIPTION_MAX = 100;

/** One of ours that runs, as far as a registry tells of it. */
export interface PublishedServer {
  readonly kind: PublishedKind;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly isPublic: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RegistryEntry {
  readonly server: JsonObject;
  readonly _meta: JsonObject;
}

export interface Place {
  readonly publicUrl: string;
  readonly namespace: string;
}

/** As clients of a registry read it: where it is, and that a key is needed. */
export function entryOf(server: PublishedServer, { publicUrl, namespace }: Place): RegistryEntry {
  const { kind, name, version, isPublic, createdAt, updatedAt } = server;
  const folder = kind === 'endpoint' ? 'endpoints' : 'servers';
  return {
    server: {
      $schema: SERVER_SCHEMA,
      name: `${namespace}/${suffixOf(kind, name)}`,
      title: name,
      description: shortened(server.description) || `The ${kind} ${name} of a Quayside installation.`,
      version,
      remotes: [
        { type: 'streamable-http', url: `${publicUrl}/${folder}/${name}/mcp`, headers: [AUTHORIZATION] },
      ],
    },
    _meta: {
      [REGISTRY_META]: {
        status: 'active',
        publishedAt: createdAt.toISOString(),
        updatedAt: updatedAt.toISOString(),
        isLatest: true,
      },
      quayside: { kind, name, public: isPublic },
    },
  };
}

const AUTHORIZATION = {
  name: 'Authorization',
  description: 'An API key of this installation, as "Bearer <key>".',
  isRequired: true,
  isSecret: true,
  placeholder: 'Bearer <key>',
} as const;

/** One line that fits; cut at a word where there is one. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= DESCRIPTION_MAX) return line;
  const cut = line.slice(0, DESCRIPTION_MAX - 1);
  const space = cut.lastIndexOf(' ');
  // Never through the middle of a character.
  return `${(space > DESCRIPTION_MAX / 2 ? cut.slice(0, space) : cut).replace(/\p{Surrogate}$/u, '')}…`;
}
