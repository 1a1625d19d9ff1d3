import {
  allowInsecureRequests,
  type AuthorizationServer,
  clientCredentialsGrantRequest,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  processClientCredentialsResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import { networkError } from '../client/network-error';
import { cut, retryAfterS } from '../client/refusal';
import { type McpFetch } from '../client/session';
import { McpError, OAuthTokenError } from '../errors';
import { type OAuthClient } from './oauth-client';

/** What a server that says nothing (usable) about the life of a token gets. */
const UNKNOWN_LIFE_S = 60;
/** A longer life is not believed: nobody notices then that a client was removed. */
const MAX_LIFE_S = 24 * 3600;
const MAX_ANSWER_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export interface FreshToken {
  readonly value: string;
  readonly lifeS: number;
}

/** One request to a token endpoint (RFC 6749 §4.4, with RFC 8707's `resource`). */
export async function requestToken(client: OAuthClient, fetch: McpFetch): Promise<FreshToken> {
  const server: AuthorizationServer = {
    issuer: client.issuer ?? new URL(client.tokenUrl).origin,
    token_endpoint: client.tokenUrl,
  };
  const parameters = new URLSearchParams({ resource: client.resource });
  if (client.scopes !== undefined && client.scopes.length > 0)
    parameters.set('scope', client.scopes.join(' '));
  const proof = client.method === 'post' ? ClientSecretPost : ClientSecretBasic;
  let life = UNKNOWN_LIFE_S;
  try {
    const response = await clientCredentialsGrantRequest(
      server,
      { client_id: client.clientId },
      proof(client.clientSecret),
      parameters,
      {
        // Which schemes and addresses are allowed is the business of the fetch that was passed in.
        [allowInsecureRequests]: true,
        [customFetch]: async (
          url: string,
          init: { method: string; headers: Record<string, string>; body: unknown },
        ) => {
          const answer = await send(url, init, fetch, client);
          life = answer.lifeS;
          return answer.response;
        },
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      },
    );
    const token = await processClientCredentialsResponse(server, { client_id: client.clientId }, response);
    if (token.token_type !== 'bearer')
      throw refused(client, `it gives tokens of type "${cut(token.token_type)}"`);
    return { value: token.access_token, lifeS: life };
  } catch (error) {
    throw asTokenError(client, error);
  }
}

interface Sent {
  readonly response: Response;
  readonly lifeS: number;
}

async function send(
  url: string,
  init: { method: string; headers: Record<string, string>; body: unknown },
  fetch: McpFetch,
  client: OAuthClient,
): Promise<Sent> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const { method, headers } = init;
  const answer = await fetch(url, { method, headers, body: String(init.body), signal, redirect: 'manual' });
  if (answer.status === 429 || answer.status >= 500)
    throw new OAuthTokenError(
      `The token endpoint of "${client.serverName}" failed with status ${answer.status}.`,
      'auth',
      {
        serverName: client.serverName,
        started: false,
        retryAfterS: retryAfterS(answer.headers.get('retry-after')),
      },
    );
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw refused(client, `its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { text, lifeS } = readLife(Buffer.concat(chunks).toString('utf8'));
  const type = answer.headers.get('content-type') ?? 'application/json';
  return {
    response: new Response(text, { status: answer.status, headers: { 'content-type': type } }),
    lifeS,
  };
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

function asTokenError(client: OAuthClient, error: unknown): Error {
  if (error instanceof OAuthTokenError) return error;
  if (error instanceof ResponseBodyError) {
    const words = [error.error, error.error_description].filter((part) => part !== undefined).join(': ');
    return refused(client, `it refused: ${cut(words)}`, error);
  }
  const network = networkError(error, { serverName: client.serverName });
  if (network instanceof McpError && !(error instanceof Error && error.name === 'OperationProcessingError'))
    return new OAuthTokenError(
      `The token endpoint of "${client.serverName}" gives no token: ${cut(network.message)}`,
      network.layer,
      { serverName: client.serverName, started: false, cause: error },
    );
  return network instanceof McpError ? refused(client, 'its answer is not a token', error) : network;
}

const refused = (client: OAuthClient, what: string, cause?: unknown): OAuthTokenError =>
  new OAuthTokenError(`The token endpoint of "${client.serverName}" gives no token: ${what}.`, 'auth', {
    serverName: client.serverName,
    started: false,
    cause,
  });
