import { type JsonObject } from '@app/kernel';
import { CLIENT_INFO } from '../wire/protocol';
import { type OnServerRequest } from './session';

/** What we are towards a server: what the handshake says of us, and who answers its questions. */
export interface ClientSide {
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
  readonly onRequest: OnServerRequest | undefined;
}

export interface ClientSideOptions {
  /** What the server may ask for; nothing unless said. */
  readonly clientCapabilities?: JsonObject;
  /** `{name, version, …}` as the handshake tells it. */
  readonly clientInfo?: JsonObject;
  /** Questions that belong to no call, or to one without an `onRequest` of its own; refused where it is missing. */
  readonly onRequest?: OnServerRequest;
}

export const clientSideOf = (options: ClientSideOptions): ClientSide => ({
  capabilities: options.clientCapabilities ?? {},
  info: options.clientInfo ?? CLIENT_INFO,
  onRequest: options.onRequest,
});
