import { type McpEra, type ScannedMessage } from '@app/mcp';
import { type RawRequest, type RawResponse } from '@app/plain-http';
import { type Principal, type RequestScope } from '@app/telemetry';
import { type TerminalFace } from '../terminal/conversation';

/** A request past the gate: host, origin, credential, limits and permission were judged. */
export interface FaceStream {
  readonly face: TerminalFace;
  readonly principal: Principal;
  readonly request: RawRequest;
  readonly response: RawResponse;
  /** Request id, trace, principal and address; not the ambient one, which is opened where it is needed. */
  readonly scope: RequestScope;
}

/** One POST: exactly one JSON-RPC message. */
export interface FaceRequest extends FaceStream {
  readonly body: Buffer;
  /** What the bytes say; agrees with the headers where the era wants that. */
  readonly scan: ScannedMessage;
}

/** Answers where MCP ends at us. Every method answers on `response` and never throws; the call's record is its own to write. */
export abstract class TerminalFront {
  /** A promise only of what is not answered yet when it returns. */
  abstract post(request: FaceRequest, era: McpEra): Promise<void> | undefined;
  /** GET of the older era: what a server says unasked. */
  abstract stream(request: FaceStream): void;
  /** DELETE of the older era: the end of a session. */
  abstract end(request: FaceStream): void;
}
