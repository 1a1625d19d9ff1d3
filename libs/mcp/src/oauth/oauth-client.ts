import { createHash } from 'node:crypto';

/** How a client proves itself to a token endpoint. */
export type ClientProof =
  | { readonly kind: 'secret'; readonly secret: string; readonly method?: 'basic' | 'post' }
  /** `private_key_jwt` of RFC 7523: a key in PKCS #8, whose public half the authorization server knows. */
  | { readonly kind: 'key'; readonly pem: string; readonly algorithm: string; readonly keyId?: string };

export interface OAuthClient {
  /** Without it the authorization server is discovered from what the MCP server says. */
  readonly tokenUrl?: string;
  /** Defaults to the origin of `tokenUrl`; where it is discovered, no other authorization server is accepted. */
  readonly issuer?: string;
  readonly clientId: string;
  readonly proof: ClientProof;
  /** Asked for as they are; without them what the server names is asked for. */
  readonly scopes?: readonly string[];
  /** The MCP endpoint that the token is for (RFC 8707). */
  readonly resource: string;
  readonly serverName: string;
}

/**
 * What a token is bound to. The secret is part of it, as a hash: whoever changes it wants to know at once whether the
 * new one works, and a failure of the old one says nothing about it.
 */
export function keyOf(client: OAuthClient): string {
  const { tokenUrl = '', issuer = '', clientId, proof, scopes = [], resource } = client;
  const parts = [tokenUrl, issuer, clientId, proof, [...scopes].sort(), resource];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
