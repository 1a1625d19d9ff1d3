import {
  type Environment,
  looksLikeSecretReference,
  type SecretDelivery,
  type UrlSpec,
} from '@app/contracts';
import { type OAuthClient } from '@app/mcp';
import { type SecretReader, type SecretValue } from '../../secrets';
import { type InstanceMemory } from '../runner/instance-memory';

export interface ContainerEnvironment {
  /** Goes into the container's configuration, where everybody with the engine can read it. */
  readonly plain: Readonly<Record<string, string>>;
  /** By name of the variable; delivered in a stronger way. */
  readonly secret: ReadonlyMap<string, string>;
}

export interface RemoteCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly client: Omit<OAuthClient, 'resource' | 'serverName'> | undefined;
}

const HEADER: { readonly way: SecretDelivery; readonly reason: string } = {
  way: 'header',
  reason: 'Sent with each request to the server; nothing else holds it.',
};

/** Opens the secrets of one instance at the moment they are needed, and notes each use for the audit trail. */
export class InstanceSecrets {
  constructor(private readonly reader: Pick<SecretReader, 'read'>) {}

  async environmentOf(
    instanceId: string,
    environment: Environment = {},
    memory: InstanceMemory,
  ): Promise<ContainerEnvironment> {
    const entries = Object.entries(environment);
    const references = entries.filter(([, value]) => looksLikeSecretReference(value));
    const texts = references.map(([, reference]) => reference);
    const values = await this.#read(instanceId, texts, memory);
    return {
      plain: Object.fromEntries(entries.filter(([, value]) => !looksLikeSecretReference(value))),
      secret: new Map(references.map(([name, reference]) => [name, values(reference)])),
    };
  }

  async credentialsOf(instanceId: string, spec: UrlSpec, memory: InstanceMemory): Promise<RemoteCredentials> {
    const { authentication = { type: 'none' }, headers = [] } = spec;
    const texts = [
      ...headers.map(({ value }) => value),
      ...(authentication.type === 'bearer' ? [authentication.token] : []),
      ...(authentication.type === 'oauth2_client_credentials'
        ? [authentication.client_id, authentication.client_secret]
        : []),
    ];
    const valueOf = await this.#read(instanceId, texts.filter(looksLikeSecretReference), memory);
    if (texts.some(looksLikeSecretReference)) memory.delivery = HEADER;
    return {
      headers: {
        ...Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), valueOf(value)])),
        ...(authentication.type === 'bearer' && { authorization: `Bearer ${valueOf(authentication.token)}` }),
      },
      client:
        authentication.type === 'oauth2_client_credentials'
          ? {
              ...(authentication.token_url !== undefined && { tokenUrl: authentication.token_url }),
              clientId: valueOf(authentication.client_id),
              proof: { kind: 'secret', secret: valueOf(authentication.client_secret) },
              ...(authentication.scopes !== undefined && { scopes: authentication.scopes }),
            }
          : undefined,
    };
  }

  /** The answer maps a reference to its value, and any other text to itself. */
  async #read(
    instanceId: string,
    references: readonly string[],
    memory: InstanceMemory,
  ): Promise<(text: string) => string> {
    if (references.length === 0) return (text) => text;
    const values = await this.#open(instanceId, references, memory);
    for (const [ref, { version }] of values) memory.noteSecret({ ref, version });
    return (text) => values.get(text)?.value ?? text;
  }

  /** Of several, none was given out when one of them cannot be read. */
  async #open(
    instanceId: string,
    references: readonly string[],
    memory: InstanceMemory,
  ): Promise<ReadonlyMap<string, SecretValue>> {
    try {
      return await this.reader.read(references, instanceId);
    } catch (error) {
      for (const reference of references) memory.noteSecretFailure(reference);
      throw error;
    }
  }
}
