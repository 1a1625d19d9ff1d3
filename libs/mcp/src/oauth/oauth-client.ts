import { createHash } from 'node:crypto';

export interface OAuthClient {
  readonly tokenUrl: string;
  /** Defaults to the origin of `tokenUrl`. */
  readonly issuer?: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes?: readonly string[];
  /** The MCP endpoint that the token is for (RFC 8707). */
  readonly resource: string;
  /** How the client proves itself; `basic` unless the server wants `post`. */
  readonly method?: 'basic' | 'post';
  readonly serverName: string;
}

/**
 * What a token is bound to. The secret is part of it, as a hash: whoever changes it wants to know at once whether the
 * new one works, and a failure of the old one says nothing about it.
 */
export function keyOf(client: OAuthClient): string {
  const { tokenUrl, issuer, clientId, clientSecret, scopes = [], resource, method = 'basic' } = client;
  const parts = [tokenUrl, issuer ?? '', clientId, clientSecret, [...scopes].sort(), resource, method];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
