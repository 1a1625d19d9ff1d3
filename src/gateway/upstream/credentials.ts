import { Injectable } from '@nestjs/common';
import { looksLikeSecretReference, parseSecretReference, type UrlSpec } from '@app/contracts';
import { type McpAuth, type OAuthClient, type OAuthTokenSource } from '@app/mcp';
import { AuditTrail } from '../../audit';
import { SecretReader, type SecretValue } from '../../secrets';

/** A read of the same version for the same instance is noted once in this time, the time a value may stay in memory. */
const NOTE_AGAIN_AFTER_MS = 60_000;
const NOTES_MAX = 10_000;

/** Resolves what goes into the headers of remote servers, at each request: a rotated secret is used at once. */
@Injectable()
export class UpstreamCredentials {
  private readonly notedAtMs = new Map<string, number>();

  constructor(
    private readonly secrets: SecretReader,
    private readonly audit: AuditTrail,
  ) {}

  async headers(instanceId: string, { headers = [] }: UrlSpec): Promise<Record<string, string>> {
    const values = await this.values(
      instanceId,
      headers.map(({ value }) => value),
    );
    return Object.fromEntries(
      headers.map(({ key, value }) => [key.toLowerCase(), values.get(value) ?? value]),
    );
  }

  /** How the server wants to be convinced; undefined when it wants nothing. */
  auth(instanceId: string, name: string, spec: UrlSpec, tokens: OAuthTokenSource): McpAuth | undefined {
    const authentication = spec.authentication ?? { type: 'none' };
    switch (authentication.type) {
      case 'none':
        return undefined;
      case 'bearer':
        return {
          authorization: async () => `Bearer ${await this.value(instanceId, authentication.token)}`,
          renew: () => Promise.resolve(undefined),
        };
      case 'oauth2_client_credentials': {
        const { token_url: tokenUrl, client_id: id, client_secret: secret, scopes } = authentication;
        const source = async (): Promise<McpAuth> => {
          const values = await this.values(instanceId, [id, secret]);
          const [clientId, clientSecret] = [values.get(id) ?? id, values.get(secret) ?? secret];
          const client: OAuthClient = {
            ...(tokenUrl === undefined ? {} : { tokenUrl }),
            clientId,
            proof: { kind: 'secret', secret: clientSecret },
            resource: spec.endpoint,
            serverName: name,
            ...(scopes === undefined ? {} : { scopes }),
          };
          return tokens.authFor(client);
        };
        return {
          authorization: async (signal) => (await source()).authorization(signal),
          renew: async (rejected, challenge) => (await source()).renew(rejected, challenge),
        };
      }
    }
  }

  private async value(instanceId: string, text: string): Promise<string> {
    return (await this.values(instanceId, [text])).get(text) ?? text;
  }

  /** References to values; what is no reference is not in the answer and stands for itself. */
  private async values(instanceId: string, texts: readonly string[]): Promise<Map<string, string>> {
    const references = texts.filter(looksLikeSecretReference);
    if (references.length === 0) return new Map();
    const read = await this.read(instanceId, references);
    for (const [reference, { version }] of read) this.note(instanceId, reference, version);
    return new Map([...read].map(([reference, { value }]) => [reference, value]));
  }

  /** A read that failed is as much of a fact as one that did not: of several, none was given out. */
  private async read(instanceId: string, references: readonly string[]): Promise<Map<string, SecretValue>> {
    try {
      return await this.secrets.read(references, instanceId);
    } catch (error) {
      for (const reference of references) this.note(instanceId, reference, null);
      throw error;
    }
  }

  private note(instanceId: string, reference: string, version: number | null): void {
    const key = `${instanceId} ${reference} ${String(version)}`;
    const nowMs = performance.now();
    if (nowMs - (this.notedAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < NOTE_AGAIN_AFTER_MS) return;
    if (this.notedAtMs.size >= NOTES_MAX) this.notedAtMs.clear();
    this.notedAtMs.set(key, nowMs);
    const { scope, name } = parseSecretReference(reference) ?? { scope: 'unknown', name: reference };
    this.audit.record({
      action: 'secret.read',
      resourceType: 'secrets',
      resourceId: `${scope}:${name}`,
      outcome: version === null ? 'failed' : 'succeeded',
      detail: { ...(version === null ? {} : { version }), instance_id: instanceId },
    });
  }
}
