import { isUtf8 } from 'node:buffer';
import { JsonCursor, JsonFault } from './json-cursor';
import { RPC } from './protocol';
import { MessageScan, Refusal } from './message-scan';
import { type ScannedMessage } from './scanned-message';

/** Deeper than arguments of any tool; answers hold schemas and may be deeper. */
const MAX_REQUEST_DEPTH = 64;
const MAX_ANSWER_DEPTH = 256;

/** Why bytes are not exactly one JSON-RPC message whose deciding members are beyond doubt. */
export interface ScanFault {
  /** A JSON-RPC code. */
  readonly code: number;
  readonly message: string;
}

/** A message of a client: strict, because upstreams may read what is doubtful in another way than we do. */
export function scanRequest(bytes: Buffer): ScannedMessage | ScanFault {
  if (!isUtf8(bytes)) return { code: RPC.parse, message: 'The body is not valid UTF-8.' };
  return scan(new JsonCursor(bytes, MAX_REQUEST_DEPTH));
}

/** A message of a server, for its kind and its outcome. */
export const scanAnswer = (bytes: Buffer): ScannedMessage | ScanFault =>
  scan(new JsonCursor(bytes, MAX_ANSWER_DEPTH));

export const isScanFault = (scanned: ScannedMessage | ScanFault): scanned is ScanFault => 'code' in scanned;

function scan(cursor: JsonCursor): ScannedMessage | ScanFault {
  try {
    return new MessageScan(cursor).read();
  } catch (error) {
    if (error instanceof Refusal) return { code: RPC.invalidRequest, message: error.message };
    if (!(error instanceof JsonFault)) throw error;
    if (error.isTooDeep) return { code: RPC.invalidRequest, message: 'The message is nested too deeply.' };
    return { code: RPC.parse, message: `The body is not valid JSON: ${error.message}.` };
  }
}
