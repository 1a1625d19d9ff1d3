import { type JsonObject } from '@app/kernel';
import { networkError } from '../client/network-error';
import { cut } from '../client/refusal';
import { type McpFetch, type McpFetchAnswer } from '../client/session';
import { McpError, OAuthTokenError } from '../errors';
import { isObject } from '../wire/json-rpc';

const MAX_ANSWER_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export async function readLimited(answer: McpFetchAnswer, serverName: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw tokenError(serverName, `its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A metadata document; undefined where there is none. */
export async function readDocument(
  url: string,
  fetch: McpFetch,
  serverName: string,
): Promise<JsonObject | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'GET',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      redirect: 'manual',
    });
    const text = await readLimited(answer, serverName);
    if (answer.status >= 500)
      throw tokenError(serverName, `its metadata answer with status ${answer.status}`);
    return answer.status === 200 ? parse(text) : undefined;
  } catch (error) {
    throw asTokenError(error, serverName);
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // A page for people at a well-known address is as good as none.
    return undefined;
  }
}

export function asTokenError(error: unknown, serverName: string): Error {
  if (error instanceof OAuthTokenError) return error;
  const network = networkError(error, { serverName });
  if (!(network instanceof McpError)) return network;
  return new OAuthTokenError(`No access token for "${serverName}": ${cut(network.message)}`, network.layer, {
    serverName,
    started: false,
    cause: error,
  });
}

export const tokenError = (serverName: string, what: string, cause?: unknown): OAuthTokenError =>
  new OAuthTokenError(`No access token for "${serverName}": ${what}.`, 'auth', {
    serverName,
    started: false,
    cause,
  });
