import { webcrypto } from 'node:crypto';
import {
  allowInsecureRequests,
  type AuthorizationServer,
  type ClientAuth,
  clientCredentialsGrantRequest,
  ClientSecretPost,
  customFetch,
  PrivateKeyJwt,
  processClientCredentialsResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import { cut, retryAfterS } from '../client/refusal';
import { type McpFetch } from '../client/session';
import { OAuthTokenError } from '../errors';
import { type TokenServer } from './discovery';
import { type OAuthClient } from './oauth-client';
import { asTokenError, readLimited, tokenError } from './read-document';

/** What a server that says nothing (usable) about the life of a token gets. */
const UNKNOWN_LIFE_S = 60;
/** A longer life is not believed: nobody notices then that a client was removed. */
const MAX_LIFE_S = 24 * 3600;
const REQUEST_TIMEOUT_MS = 10_000;

/** Signatures that a client may prove itself with. */
type KeyImport = webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm;
const KEY_IMPORTS: Readonly<Record<string, KeyImport>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

export interface FreshToken {
  readonly value: string;
  readonly lifeS: number;
}

export interface TokenGrant {
  readonly client: OAuthClient;
  readonly server: TokenServer;
  readonly scopes: readonly string[];
}

/** One request to a token endpoint (RFC 6749 §4.4, with RFC 8707's `resource`). */
export async function requestToken(grant: TokenGrant, fetch: McpFetch): Promise<FreshToken> {
  const { client, server: known, scopes } = grant;
  const { clientId, resource, serverName } = client;
  const server: AuthorizationServer = { issuer: known.issuer, token_endpoint: known.tokenUrl };
  const parameters = new URLSearchParams({ resource });
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  let life = UNKNOWN_LIFE_S;
  const exchange: Exchange = async (url, init) => {
    const answer = await send(url, init, fetch, serverName);
    life = answer.lifeS;
    return answer.response;
  };
  try {
    const proof = await proofOf(grant);
    const response = await clientCredentialsGrantRequest(server, { client_id: clientId }, proof, parameters, {
      // Which schemes and addresses are allowed is the business of the fetch that was passed in.
      [allowInsecureRequests]: true,
      [customFetch]: exchange,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const token = await processClientCredentialsResponse(server, { client_id: clientId }, response);
    if (token.token_type !== 'bearer')
      throw tokenError(serverName, `the endpoint gives tokens of type "${cut(token.token_type)}"`);
    return { value: token.access_token, lifeS: life };
  } catch (error) {
    throw asFailure(error, serverName);
  }
}

async function proofOf({ client: { proof, serverName }, server }: TokenGrant): Promise<ClientAuth> {
  if (proof.kind === 'secret') {
    const { methods = [] } = server;
    const isPostOnly = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    const method = proof.method ?? (isPostOnly ? 'post' : 'basic');
    return method === 'post' ? ClientSecretPost(proof.secret) : secretBasic(proof.secret);
  }
  const algorithm = KEY_IMPORTS[proof.algorithm];
  if (algorithm === undefined) throw tokenError(serverName, 'the algorithm of its client key is not known');
  const der = Buffer.from(proof.pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  const key = await webcrypto.subtle
    .importKey('pkcs8', der, algorithm, false, ['sign'])
    .catch(() => Promise.reject(tokenError(serverName, 'its client key cannot be read')));
  return PrivateKeyJwt(proof.keyId === undefined ? key : { key, kid: proof.keyId });
}

/**
 * The standard wants form encoding, which few servers undo. Only what is special in the header itself is escaped, so that
 * both kinds of server read the same; a library that also escapes "-" and "_" is refused by the second kind.
 */
const secretBasic =
  (secret: string): ClientAuth =>
  (_server, { client_id: id }, _body, headers) => {
    const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };

type Exchange = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: unknown },
) => Promise<Response>;

interface Sent {
  readonly response: Response;
  readonly lifeS: number;
}

async function send(
  url: string,
  { method, headers, body }: Parameters<Exchange>[1],
  fetch: McpFetch,
  serverName: string,
): Promise<Sent> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const answer = await fetch(url, { method, headers, body: String(body), signal, redirect: 'manual' });
  if (answer.status === 429 || answer.status >= 500)
    throw new OAuthTokenError(
      `The token endpoint of "${serverName}" failed with status ${answer.status}.`,
      'auth',
      {
        serverName,
        started: false,
        retryAfterS: retryAfterS(answer.headers.get('retry-after')),
      },
    );
  const { text, lifeS } = readLife(await readLimited(answer, serverName));
  const type = answer.headers.get('content-type') ?? 'application/json';
  const response = new Response(text, { status: answer.status, headers: { 'content-type': type } });
  return { response, lifeS };
}

/** Takes the life out of the answer: servers write there what they like, and a bad value is no reason to have no token. */
export function readLife(text: string): { readonly text: string; readonly lifeS: number } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Judged by the library, which has the words for it.
    return { text, lifeS: UNKNOWN_LIFE_S };
  }
  if (typeof body !== 'object' || body === null) return { text, lifeS: UNKNOWN_LIFE_S };
  const { expires_in: life, ...rest } = body as Record<string, unknown>;
  return { text: JSON.stringify(rest), lifeS: believableLifeS(life) };
}

function believableLifeS(life: unknown): number {
  const seconds = typeof life === 'string' && /^\d{1,9}$/.test(life) ? Number(life) : life;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return UNKNOWN_LIFE_S;
  return Math.min(seconds, MAX_LIFE_S);
}

function asFailure(error: unknown, serverName: string): Error {
  if (error instanceof ResponseBodyError) {
    const words = [error.error, error.error_description].filter((part) => part !== undefined).join(': ');
    return tokenError(serverName, `the token endpoint refused: ${cut(words)}`, error);
  }
  if (error instanceof Error && error.name === 'OperationProcessingError')
    return tokenError(serverName, 'the answer of the token endpoint is not a token', error);
  return asTokenError(error, serverName);
}
