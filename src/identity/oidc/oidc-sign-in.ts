import { Injectable } from '@nestjs/common';
import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { type ClaimedIdentity, claimsOf } from '../issuers/claims-of';
import { type TrustedIssuer } from '../issuers/domain/trusted-issuer';
import { TrustedIssuers } from '../issuers/trusted-issuers';
import { type ExternalUser } from '../users/external-accounts';
import { CodeExchange } from './code-exchange';
import { SignInAnswerError, SignInIssuerUnknownError, SignInWithoutRoleError } from './domain/oidc.errors';
import { IssuerMetadata } from './issuer-metadata';
import { returnAddress } from './return-address';
import { SignInStates } from './sign-in-state';

export interface BegunSignIn {
  readonly location: string;
  readonly sealed: string;
}

export interface FinishedSignIn {
  readonly user: ExternalUser;
  readonly returnTo: string;
}

/** Signing in at an issuer: authorization code with PKCE, begun and finished in one browser. */
@Injectable()
export class OidcSignIn {
  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly metadata: IssuerMetadata,
    private readonly states: SignInStates,
    private readonly exchange: CodeExchange,
  ) {}

  /** Those that people sign in at. */
  all(): readonly TrustedIssuer[] {
    return this.issuers.all().filter(({ signIn }) => signIn !== null);
  }

  async begin(name: string, origin: string, returnTo: string | undefined): Promise<BegunSignIn> {
    const issuer = this.named(name);
    const { authorization_endpoint: endpoint = '' } = await this.metadata.of(issuer);
    const redirectUri = `${origin}/api/v1/auth/oidc/${name}/callback`;
    const state = this.states.begin({ issuerId: issuer.id, redirectUri, returnTo: returnAddress(returnTo) });
    const location = new URL(endpoint);
    const parameters = {
      response_type: 'code',
      client_id: issuer.signIn?.clientId ?? '',
      redirect_uri: redirectUri,
      scope: issuer.signIn?.scopes.join(' ') ?? 'openid',
      state: state.state,
      nonce: state.nonce,
      code_challenge: await calculatePKCECodeChallenge(state.verifier),
      code_challenge_method: 'S256',
    };
    for (const [key, value] of Object.entries(parameters)) location.searchParams.set(key, value);
    return { location: location.href, sealed: this.states.seal(state) };
  }

  async finish(
    name: string,
    parameters: URLSearchParams,
    sealed: string | undefined,
  ): Promise<FinishedSignIn> {
    const issuer = this.named(name);
    const state = this.states.open(sealed, parameters.get('state'), issuer.id);
    // Before anything else: whatever comes of it, this sign-in is over.
    await this.states.useUp(state);
    const claims = await this.exchange.claimsFor(issuer, parameters, state);
    return { user: userOf(issuer, claimsOf(issuer, claims)), returnTo: state.returnTo };
  }

  private named(name: string): TrustedIssuer {
    const issuer = this.all().find((one) => one.name === name);
    if (issuer === undefined) throw new SignInIssuerUnknownError(name.slice(0, 63));
    return issuer;
  }
}

function userOf({ issuer, name }: TrustedIssuer, claimed: ClaimedIdentity | undefined): ExternalUser {
  if (claimed === undefined) throw new SignInAnswerError(name);
  const { subject, username, role, workspaceId } = claimed;
  if (role === undefined || workspaceId === undefined) throw new SignInWithoutRoleError(name);
  return { issuer, subject, username, name: claimed.name, email: claimed.email, role, workspaceId };
}
