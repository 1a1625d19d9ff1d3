import {
  auth,
  computeScopeUnion,
  type OAuthClientInformationContext,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { type Challenge, type McpAuth } from '@app/mcp';
import { type FetchLike } from '@app/security';

export interface KnownClient {
  readonly client_id?: string;
  readonly client_secret?: string;
}

const CALLBACK = 'http://localhost:3000/callback';
const METADATA_URL = 'https://conformance-test.local/client-metadata.json';

/** The authorization-code grant with somebody at the browser who always says yes. */
export class InteractiveLogin implements McpAuth {
  private readonly provider: Memory;

  constructor(
    private readonly serverUrl: string,
    private readonly fetch: FetchLike,
    known: KnownClient,
  ) {
    this.provider = new Memory(known);
  }

  authorization(): Promise<string | undefined> {
    return Promise.resolve(this.provider.bearer());
  }

  async renew(_rejected: string | undefined, challenge: Challenge): Promise<string | undefined> {
    const { status, scope: named, resourceMetadata } = challenge;
    const isStepUp = status === 403;
    const scope = isStepUp ? computeScopeUnion(this.provider.tokens()?.scope, named) : named;
    const options = {
      serverUrl: this.serverUrl,
      fetchFn: (url: string | URL, init?: RequestInit) => this.fetch(url, init),
      ...(scope === undefined ? {} : { scope }),
      ...(resourceMetadata === undefined ? {} : { resourceMetadataUrl: new URL(resourceMetadata) }),
      ...(isStepUp ? { forceReauthorization: true } : {}),
    };
    if ((await auth(this.provider, options)) === 'REDIRECT') {
      const { code, iss } = await this.browse();
      await auth(this.provider, { ...options, authorizationCode: code, ...(iss === null ? {} : { iss }) });
    }
    return this.provider.bearer();
  }

  /** Follows the link and reads what comes back to the callback. */
  private async browse(): Promise<{ readonly code: string; readonly iss: string | null }> {
    const { link } = this.provider;
    if (link === undefined) throw new Error('There is no link to follow.');
    const answer = await this.fetch(link, { redirect: 'manual' });
    await answer.body?.cancel();
    const back = new URL(answer.headers.get('location') ?? '', CALLBACK).searchParams;
    const code = back.get('code');
    if (code === null) throw new Error('The authorization server gave no code.');
    if (back.get('state') !== link.searchParams.get('state')) throw new Error('The state is not ours.');
    return { code, iss: back.get('iss') };
  }
}

/** What belongs to one authorization server is never shown to another. */
class Memory implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadataUrl = METADATA_URL;
  readonly clientMetadata: OAuthClientMetadata = {
    client_name: 'quayside-conformance',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  link: URL | undefined;
  private readonly clients = new Map<string, StoredOAuthClientInformation>();
  private readonly issued = new Map<string, StoredOAuthTokens>();
  private last: StoredOAuthTokens | undefined;
  private verifier = '';

  constructor(private readonly known: KnownClient) {}

  state(): string {
    return crypto.randomUUID();
  }
  bearer(): string | undefined {
    return this.last === undefined ? undefined : `Bearer ${this.last.access_token}`;
  }
  clientInformation(context?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
    const { client_id, client_secret } = this.known;
    if (client_id !== undefined)
      return { client_id, ...(client_secret === undefined ? {} : { client_secret }) };
    return this.clients.get(context?.issuer ?? '');
  }
  saveClientInformation(client: StoredOAuthClientInformation, context?: OAuthClientInformationContext): void {
    this.clients.set(context?.issuer ?? '', client);
  }
  tokens(context?: OAuthClientInformationContext): StoredOAuthTokens | undefined {
    return context === undefined ? this.last : this.issued.get(context.issuer);
  }
  saveTokens(tokens: StoredOAuthTokens, context?: OAuthClientInformationContext): void {
    this.last = tokens;
    if (context !== undefined) this.issued.set(context.issuer, tokens);
  }
  redirectToAuthorization(link: URL): void {
    this.link = link;
  }
  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }
  codeVerifier(): string {
    return this.verifier;
  }
}
