import { type IncomingHttpHeaders } from 'node:http';
import { type JsonObject } from '@app/kernel';
import { isObject, type Mirrored, mirroredArguments, mirroredMismatch, RPC } from '@app/mcp';
import { type Conversation } from '../conversation';
import { RpcFault } from '../terminal.errors';

const NONE: Mirrored = new Map();

/** Compares the headers that repeat arguments with the arguments: a proxy before us may have decided by them. */
export class MirroredCheck {
  /** By the schema itself, which is kept for as long as its list is. */
  private readonly known = new WeakMap<JsonObject, Mirrored>();

  async check(
    conversation: Conversation,
    { name, arguments: args }: JsonObject,
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    if (typeof name !== 'string') return;
    const schema = await conversation.inputSchemaOf(name);
    if (schema === undefined) return;
    const header = mirroredMismatch(this.mirroredOf(schema), isObject(args) ? args : {}, headers);
    if (header === undefined) return;
    throw new RpcFault({ code: RPC.headerMismatch, message: `${header} and the arguments disagree` });
  }

  private mirroredOf(schema: JsonObject): Mirrored {
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    // A tool whose annotations are wrong has none that a client could follow; its server says so itself.
    const mirrored = mirroredArguments(schema) ?? NONE;
    this.known.set(schema, mirrored);
    return mirrored;
  }
}
