import { McpProtocolError, networkError } from '@app/mcp';
import { type CallableRoute } from '../routing/route';
import { ownHeaders, type RelayTarget } from './relay-target';
import { type SessionNotes } from './session-notes';
import { type WholeAnswer, wholeAnswer } from './whole-answer';

/** For the whole of it: the client waits with a call in its hand. */
const STEP_LIMIT_MS = 10_000;
const ACCEPTED_MAX = 300;

/**
 * Repeats what a client did when it began its session, on a server that knows nothing of it any more. The id of the new
 * session; undefined when the server gives none. Throws when the server does not begin.
 */
export async function beginAgain(
  route: CallableRoute,
  target: RelayTarget,
  notes: SessionNotes,
): Promise<string | undefined> {
  const send = async (body: string, sessionId?: string): Promise<WholeAnswer> => {
    const address = target.addresses[target.preferred] ?? target.addresses[0];
    if (address === undefined) throw new Error('a target has an address');
    const { headers } = await ownHeaders(target);
    headers.push('content-type', 'application/json', 'accept', 'application/json, text/event-stream');
    if (sessionId !== undefined) headers.push('mcp-session-id', sessionId);
    try {
      const request = { method: 'POST', headers, body: Buffer.from(body) } as const;
      return await wholeAnswer(target.calls, address, request, STEP_LIMIT_MS);
    } catch (error) {
      // Nothing of the client's call was sent by then.
      throw networkError(error, { serverName: route.name, started: false });
    }
  };
  const begun = await send(message('initialize', 'begin-again', notes.params));
  if (begun.status >= ACCEPTED_MAX || begun.message?.errorCode !== undefined || begun.message === undefined) {
    const words = `"${route.name}" lost a session and does not begin another.`;
    throw new McpProtocolError(words, 'mcp', { serverName: route.name, started: false });
  }
  const id = begun.headers['mcp-session-id'];
  const sessionId = typeof id === 'string' ? id : undefined;
  await send(message('notifications/initialized'), sessionId);
  if (notes.logLevel !== undefined)
    await send(message('logging/setLevel', 'level', JSON.stringify({ level: notes.logLevel })), sessionId);
  for (const uri of notes.uris)
    await send(message('resources/subscribe', 'subscribe', JSON.stringify({ uri })), sessionId);
  return sessionId;
}

function message(method: string, id?: string, params?: string): string {
  const withId = id === undefined ? '' : `"id":"quayside-${id}",`;
  return `{"jsonrpc":"2.0",${withId}"method":"${method}"${params === undefined ? '' : `,"params":${params}`}}`;
}
