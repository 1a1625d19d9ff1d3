import { type JsonObject } from '@app/kernel';
import {
  isToolResult,
  type McpPassing,
  type McpToolResult,
  type PassedResult,
  type PassListener,
  type RestOfCall,
} from '@app/mcp';
import { type Connection } from '../upstream/connection';
import { type Upstream } from '../upstream/upstream';

/** A session of a server that has room for the call. */
export interface PlaceOfCall {
  readonly upstream: Upstream;
  readonly connection: Connection;
}

/** Whose call it is. Told once. */
interface CallOwner {
  onResult(result: McpToolResult): void;
  /** Whatever else came of it. The place is still taken. */
  onOther(rest: RestOfCall): void;
  onAborted(reason: Error): void;
}

/** A call over REST without a promise, for the answers that nearly all calls get: nothing but a result. */
export class StraightToolCall implements PassListener {
  private passing: McpPassing | undefined = undefined;
  private isOver = false;

  constructor(
    private readonly place: PlaceOfCall,
    private readonly owner: CallOwner,
  ) {}

  begin(sent: JsonObject, limitMs: number): this {
    this.passing = this.place.connection.session.pass('tools/call', sent, limitMs, this);
    return this;
  }

  /** Nobody waits for it any more. */
  abort(reason: Error): void {
    if (this.isOver) return;
    this.passing?.abort(reason);
    this.leave(reason);
    this.owner.onAborted(reason);
  }

  onResult({ bytes }: PassedResult): boolean {
    const result = resultIn(bytes);
    if (result === undefined) return false;
    this.leave();
    this.owner.onResult(result);
    return true;
  }

  onOther(rest: RestOfCall): void {
    this.isOver = true;
    this.owner.onOther(rest);
  }

  private leave(error?: Error): void {
    this.isOver = true;
    const { upstream, connection } = this.place;
    upstream.shared.leave(connection, error);
  }
}

/** What is wrong with any other one is said in the usual way. */
function resultIn(bytes: Buffer): McpToolResult | undefined {
  try {
    const result = JSON.parse(bytes.toString('utf8')) as JsonObject;
    return isToolResult(result) ? result : undefined;
  } catch {
    return undefined;
  }
}
