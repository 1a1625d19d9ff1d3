import { type JsonObject } from '@app/kernel';
import { McpProtocolError } from '../errors';
import { notification, request } from '../wire/json-rpc';
import { HEADER, OLDER_VERSION, OLDER_VERSIONS, SESSION_ID_PATTERN } from '../wire/protocol';
import { Answer, CallEar } from './answers';
import { type Handshake, readHandshake } from './channel';
import { type ClientSide } from './client-side';
import { type HttpLink, LinkRefusedError } from './http-link';

export interface OlderSession {
  readonly id: string | undefined;
  readonly handshake: Handshake;
}

export const initializeParams = ({ capabilities, info }: ClientSide): JsonObject => ({
  protocolVersion: OLDER_VERSION,
  capabilities,
  clientInfo: info,
});

export async function initialize(
  link: HttpLink,
  client: ClientSide,
  signal: AbortSignal,
): Promise<OlderSession> {
  const { serverName } = link.options;
  const params = initializeParams(client);
  const reply = await link.send({
    method: 'POST',
    body: JSON.stringify(request(0, 'initialize', params)),
    signal,
  });
  const ignore = (): void => undefined;
  const around = { serverName, onNotification: ignore, onRequest: ignore };
  const answer = new Answer(0, new CallEar(0, params, {}), around);
  await reply.read(answer.take);
  const handshake = readInitialize(answer.whole(), serverName);
  const session = { id: checkedId(reply.sessionId, serverName), handshake };
  const done = await link.send({
    method: 'POST',
    headers: headersOf(session),
    body: JSON.stringify(notification('notifications/initialized')),
    signal,
  });
  await done.discard();
  return session;
}

export function readInitialize(result: JsonObject, serverName: string): Handshake {
  const { protocolVersion, serverInfo } = result;
  if (typeof protocolVersion !== 'string' || !OLDER_VERSIONS.includes(protocolVersion))
    throw new McpProtocolError(
      `"${serverName}" speaks no revision that we know: it offers ${JSON.stringify(protocolVersion ?? null).slice(0, 40)}.`,
      'mcp',
      { serverName },
    );
  return readHandshake(result, serverInfo, protocolVersion, serverName);
}

function checkedId(id: string | undefined, serverName: string): string | undefined {
  if (id === undefined || SESSION_ID_PATTERN.test(id)) return id;
  throw new McpProtocolError(`"${serverName}" broke the protocol: its session id is malformed.`, 'mcp', {
    serverName,
  });
}

/** The same object for each request of a session: what is made of it below is made once. */
export function headersOf(session: OlderSession): Readonly<Record<string, string>> {
  const known = HEADERS.get(session);
  if (known !== undefined) return known;
  const { id, handshake } = session;
  const headers = {
    [HEADER.version]: handshake.protocolVersion,
    ...(id === undefined ? {} : { [HEADER.session]: id }),
  };
  HEADERS.set(session, headers);
  return headers;
}

const HEADERS = new WeakMap<OlderSession, Readonly<Record<string, string>>>();

/** 404 is the protocol's word for it; well-known servers say 400 and name the session in their error. */
export function lostSession(error: unknown, session: OlderSession): boolean {
  if (!(error instanceof LinkRefusedError) || session.id === undefined) return false;
  if (error.status === 404) return true;
  return error.status === 400 && /session/i.test(error.body?.error.message ?? '');
}
