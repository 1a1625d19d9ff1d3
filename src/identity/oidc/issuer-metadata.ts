import { Injectable } from '@nestjs/common';
import { systemClock } from '@app/kernel';
import { SingleFlight } from '@app/resilience';
import { EgressPolicy, type FetchLike, guardedFetch } from '@app/security';
import {
  allowInsecureRequests,
  type AuthorizationServer,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { isSafeUrl } from '../issuers/domain/issuer-rules';
import { type TrustedIssuer } from '../issuers/domain/trusted-issuer';
import { SignInIssuerUnavailableError, SignInIssuerUnsuitableError } from './domain/oidc.errors';

const FRESH_MS = 10 * 60_000;
const REQUEST_LIMIT_MS = 10_000;
const MAX_DOCUMENTS = 200;
const FETCH_OPTIONS = { maxRedirects: 0, maxBodyBytes: 256 * 1_024, connectionsPerHost: 4 } as const;
/** Where a browser or a secret of ours is sent. */
const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;

interface Known {
  readonly server: AuthorizationServer;
  readonly readAtMs: number;
}

/** How a request to an issuer is made: through the guarded client, over TLS unless it is on this very machine. */
export interface RequestOptions {
  readonly [customFetch]: (url: string, init: object) => Promise<Response>;
  readonly [allowInsecureRequests]: boolean;
  readonly signal: () => AbortSignal;
}

/** What issuers say of themselves, after it was held against what we demand of them. */
@Injectable()
export class IssuerMetadata {
  private readonly fetch: FetchLike;
  private readonly known = new Map<string, Known>();
  private readonly flights = new SingleFlight<string, AuthorizationServer>();

  constructor(policy: EgressPolicy) {
    this.fetch = guardedFetch(policy, FETCH_OPTIONS);
  }

  async of(issuer: TrustedIssuer): Promise<AuthorizationServer> {
    const known = this.known.get(issuer.issuer);
    if (known !== undefined && systemClock.monotonicMs() - known.readAtMs < FRESH_MS) return known.server;
    return this.flights.run(issuer.issuer, () => this.read(issuer));
  }

  options({ issuer }: TrustedIssuer): RequestOptions {
    return {
      [customFetch]: (url, init) => this.fetch(url, init),
      [allowInsecureRequests]: issuer.startsWith('http:'),
      signal: () => AbortSignal.timeout(REQUEST_LIMIT_MS),
    };
  }

  private async read(row: TrustedIssuer): Promise<AuthorizationServer> {
    const url = new URL(row.issuer);
    const answer = await this.ask(row, url);
    const server = await processDiscoveryResponse(url, answer).catch((error: unknown) => {
      throw new SignInIssuerUnsuitableError(
        row.name,
        'its metadata are missing, or those of another issuer',
        { cause: error },
      );
    });
    demandSafety(row, server);
    if (this.known.size >= MAX_DOCUMENTS) this.known.clear();
    this.known.set(row.issuer, { server, readAtMs: systemClock.monotonicMs() });
    return server;
  }

  private async ask(row: TrustedIssuer, url: URL): Promise<Response> {
    try {
      return await discoveryRequest(url, { ...this.options(row), algorithm: 'oidc' });
    } catch (error) {
      throw new SignInIssuerUnavailableError(row.name, { cause: error });
    }
  }
}

function demandSafety({ name, issuer }: TrustedIssuer, server: AuthorizationServer): void {
  // The library compares addresses; the rule is about texts.
  if (server.issuer !== issuer)
    throw new SignInIssuerUnsuitableError(name, 'its metadata name another issuer');
  if (server.code_challenge_methods_supported?.includes('S256') !== true)
    throw new SignInIssuerUnsuitableError(name, 'it does not offer PKCE with S256');
  for (const endpoint of ENDPOINTS) {
    const url = server[endpoint];
    const isFit =
      url !== undefined && isSafeUrl(url) && !(issuer.startsWith('https:') && url.startsWith('http:'));
    if (!isFit) throw new SignInIssuerUnsuitableError(name, `its ${endpoint} is missing or not safe`);
  }
}
