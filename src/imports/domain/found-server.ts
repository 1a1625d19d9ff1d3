import { type EnvironmentVariable } from '@app/contracts';
import { type JsonObject } from '@app/kernel';
import { type PlannedDefinition, type PlannedInstance } from './planned';

export const IMPORT_FORMATS = [
  'image',
  'url',
  'docker_run',
  'npx',
  'uvx',
  'lines',
  'client_config',
  'toml',
  'yaml',
  'compose',
  'server_json',
  'own_export',
] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export type ImportTransport = 'streamable-http' | 'sse' | 'stdio';

/** How a server that was found in somebody's text would run here. */
export type FoundRun =
  | {
      readonly kind: 'remote';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly transport?: ImportTransport;
    }
  | {
      readonly kind: 'image';
      readonly image: string;
      readonly command: readonly string[];
      readonly transport?: ImportTransport;
      readonly port?: number;
      readonly resources: Readonly<Record<string, string | number>>;
      /** Why it cannot start as it is; kept as a draft then. */
      readonly draftBecause?: string;
    }
  | { readonly kind: 'bundled'; readonly program: string; readonly args: readonly string[] }
  /** In the words of this house already. */
  | {
      readonly kind: 'declared';
      readonly definition: PlannedDefinition | null;
      readonly instance: PlannedInstance | null;
    };

/** One server as it was found: nothing is judged yet but what would weaken isolation. */
export interface FoundServer {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly run: FoundRun;
  /** As they stood there, literals of secrets included. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the source itself says of variables. */
  readonly declared: readonly EnvironmentVariable[];
  readonly warnings: readonly string[];
  /** The server.json that it was read from. */
  readonly origin?: JsonObject;
}

/** A server that is not taken over, and why. */
export interface RefusedServer {
  readonly name: string;
  readonly refusal: string;
}

export type Found = FoundServer | RefusedServer;
export const isRefused = (found: Found): found is RefusedServer => 'refusal' in found;

export interface ReadContent {
  readonly format: ImportFormat;
  readonly found: readonly Found[];
}
