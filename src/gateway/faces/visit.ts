import { type JsonObject } from '@app/kernel';
import { isObject, type ScannedMessage } from '@app/mcp';
import { type RawRequest, type RawResponse } from '@app/plain-http';
import { type Principal } from '@app/telemetry';
import { type TerminalFace } from '../terminal/conversation';
import { Arrival } from './arrival';
import { type FacePath } from './face-path';
import { type FaceRequest, type FaceStream } from './face-request';

/** One request at the door of a face. */
export class Visit extends Arrival {
  scan: ScannedMessage | undefined = undefined;
  private params: JsonObject | undefined = undefined;

  constructor(
    readonly path: FacePath,
    request: RawRequest,
    response: RawResponse,
    addressOf: (request: RawRequest) => string | undefined,
  ) {
    super(request, response, addressOf);
  }

  /** Those of its message, for the few of which they matter; none where they are no JSON after all, which a scan may not see. */
  paramsIn(body: Buffer): JsonObject {
    this.params ??= parsed(body, this.scan?.params);
    return this.params;
  }
}

function parsed(body: Buffer, params: ScannedMessage['params']): JsonObject {
  if (params === undefined) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8', params.start, params.end));
    return isObject(value) ? value : {};
  } catch {
    // Whoever serves it says what is wrong with it.
    return {};
  }
}

/** For the fronts, from a visit that passed the door. */
export function streamOf(visit: Visit, face: TerminalFace): FaceStream {
  const { request, response, scope } = visit;
  return { face, principal: admitted(visit), request, response, scope };
}

export function requestOf(visit: Visit, face: TerminalFace, body: Buffer): FaceRequest {
  const { request, response, scope, scan } = visit;
  if (scan === undefined) throw new Error('A message is read before it is served.');
  return { face, principal: admitted(visit), request, response, scope, body, scan };
}

/** Who came in, when what every answer says of that is on the answer. */
function admitted(visit: Visit): Principal {
  const { response, principal, limit } = visit;
  if (principal === undefined) throw new Error('Nobody is behind the door whom the gate does not know.');
  // The relay writes it into its own heads; a front need not know of it.
  if (!response.headersSent) response.setHeader('x-request-id', visit.requestId);
  // The fronts write their answers themselves.
  if (limit !== undefined) {
    response.setHeader('ratelimit-policy', limit[0]);
    response.setHeader('ratelimit', limit[1]);
  }
  return principal;
}
