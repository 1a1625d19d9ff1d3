import { type JsonObject } from '@app/kernel';
import { isObject, OLDER_VERSION, OLDER_VERSIONS } from '@app/mcp';
import { packCapabilities, unpackCapabilities } from '../client-capabilities';

/** What a client said once, when its session began; the session id holds it. */
export interface SessionParams {
  /** Tells sessions apart; not the id itself, which is long. */
  readonly key: string;
  readonly beganAtS: number;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
}

/** Of a client's name and version: an id stays below 512 characters with both of them. */
const NAME_CHARACTERS_MAX = 48;

/** What the client asks for, or the newest that we speak: it may then go away. */
export const negotiated = (asked: unknown): string =>
  typeof asked === 'string' && OLDER_VERSIONS.includes(asked) ? asked : OLDER_VERSION;

export function readInitialize(key: string, nowS: number, params: JsonObject): SessionParams {
  const info = isObject(params.clientInfo) ? params.clientInfo : {};
  const capabilities = isObject(params.capabilities) ? params.capabilities : {};
  return {
    key,
    beganAtS: nowS,
    protocolVersion: negotiated(params.protocolVersion),
    // Taken through the same needle's eye as the id, so that a session is the same wherever it goes on.
    capabilities: unpackCapabilities(packCapabilities(capabilities)),
    info: { name: cut(info.name), version: cut(info.version) },
  };
}

const cut = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, NAME_CHARACTERS_MAX).replaceAll(/[^\x20-\x7e]/g, '?') : '';

export const toPayload = ({
  key,
  beganAtS,
  protocolVersion,
  capabilities,
  info,
}: SessionParams): JsonObject => ({
  k: key,
  t: beganAtS,
  v: protocolVersion,
  c: packCapabilities(capabilities),
  n: info.name ?? '',
  i: info.version ?? '',
});

/** undefined for a payload of another kind of session. */
export function fromPayload({ k, t, v, c, n, i }: JsonObject): SessionParams | undefined {
  if (typeof k !== 'string' || typeof t !== 'number' || typeof v !== 'string' || typeof c !== 'number')
    return undefined;
  return {
    key: k,
    beganAtS: t,
    protocolVersion: v,
    capabilities: unpackCapabilities(c),
    info: { name: n ?? '', version: i ?? '' },
  };
}
