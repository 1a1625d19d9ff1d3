import { type McpAuth, type McpFetch } from '../client/session';

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

/** Access tokens by the client-credentials grant, kept in memory only. */
export class OAuthTokenSource {
  constructor(readonly options: { readonly fetch: McpFetch }) {}

  token(_client: OAuthClient): Promise<string> {
    return Promise.reject(new Error('not yet'));
  }

  /** A token other than the rejected one. */
  renew(client: OAuthClient, _rejected: string): Promise<string> {
    return this.token(client);
  }

  authFor(client: OAuthClient): McpAuth {
    return {
      authorization: async () => `Bearer ${await this.token(client)}`,
      renew: async (rejected) => `Bearer ${await this.renew(client, rejected ?? '')}`,
    };
  }
}
