import { Injectable } from '@nestjs/common';
import { type JsonObject } from '@app/kernel';
import {
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  getValidatedIdTokenClaims,
  None,
  processAuthorizationCodeResponse,
  ResponseBodyError,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi';
import { type TrustedIssuer } from '../issuers/domain/trusted-issuer';
import { SignInAnswerError, SignInDeniedError, SignInIssuerUnavailableError } from './domain/oidc.errors';
import { IssuerMetadata } from './issuer-metadata';
import { type SignInState } from './sign-in-state';

/** Of clocks that differ. */
const LEEWAY_S = 30;
/** A word of the protocol, such as access_denied; anything else is not repeated. */
const ERROR_WORD = /^[a-z_]{1,64}$/;

/** From the answer in the browser's address to claims that are proven. */
@Injectable()
export class CodeExchange {
  constructor(private readonly metadata: IssuerMetadata) {}

  async claimsFor(
    issuer: TrustedIssuer,
    parameters: URLSearchParams,
    state: SignInState,
  ): Promise<JsonObject> {
    const server = await this.metadata.of(issuer);
    const client = clientOf(issuer);
    const checked = checkAnswer(issuer, { server, client, parameters, state });
    const answer = await this.redeem(issuer, { server, client, checked, state });
    try {
      // The algorithms are those of the row; the issuer's own list could be longer than what we trust.
      const strict = { ...server, id_token_signing_alg_values_supported: [...issuer.algorithms] };
      const tokens = await processAuthorizationCodeResponse(strict, client, answer, {
        expectedNonce: state.nonce,
        requireIdToken: true,
      });
      await validateApplicationLevelSignature(strict, answer, this.metadata.options(issuer));
      const claims = getValidatedIdTokenClaims(tokens);
      if (claims === undefined) throw new SignInAnswerError(issuer.name);
      return claims as JsonObject;
    } catch (error) {
      throw asAnswerError(issuer, error);
    }
  }

  private async redeem(
    issuer: TrustedIssuer,
    { server, client, checked, state }: Redemption,
  ): Promise<Response> {
    try {
      const proof = proofOf(issuer, server);
      const options = this.metadata.options(issuer);
      return await authorizationCodeGrantRequest(
        server,
        client,
        proof,
        checked,
        state.redirectUri,
        state.verifier,
        options,
      );
    } catch (error) {
      throw new SignInIssuerUnavailableError(issuer.name, { cause: error });
    }
  }
}

interface Answer {
  readonly server: AuthorizationServer;
  readonly client: Client;
  readonly parameters: URLSearchParams;
  readonly state: SignInState;
}

interface Redemption extends Omit<Answer, 'parameters'> {
  readonly checked: URLSearchParams;
}

/** Before the code goes anywhere: `iss` is this issuer's very name (RFC 9207), the state is ours, and it is no error. */
function checkAnswer(issuer: TrustedIssuer, { server, client, parameters, state }: Answer): URLSearchParams {
  try {
    return validateAuthResponse(server, client, parameters, state.state);
  } catch (error) {
    if (error instanceof AuthorizationResponseError)
      throw new SignInDeniedError(ERROR_WORD.test(error.error) ? error.error : 'error');
    throw asAnswerError(issuer, error);
  }
}

const clientOf = ({ signIn }: TrustedIssuer): Client => ({
  client_id: signIn?.clientId ?? '',
  [clockTolerance]: LEEWAY_S,
});

function proofOf({ clientSecret }: TrustedIssuer, server: AuthorizationServer): ClientAuth {
  if (clientSecret === undefined) return None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic')
    ? ClientSecretBasic(clientSecret)
    : ClientSecretPost(clientSecret);
}

function asAnswerError({ name }: TrustedIssuer, error: unknown): Error {
  if (error instanceof SignInAnswerError) return error;
  if (error instanceof ResponseBodyError && ERROR_WORD.test(error.error))
    return new SignInDeniedError(error.error);
  return new SignInAnswerError(name, { cause: error });
}
