import { type JsonCursor } from './json-cursor';
import { type RpcId } from './json-rpc';
import { MemberNames } from './member-names';
import { META, namedMember } from './protocol';
import { type ScannedMessage } from './scanned-message';

/** JSON, but not exactly one message, or one that two readers may understand differently. */
export class Refusal extends Error {}

const TOP = new MemberNames(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
const PARAMS = new MemberNames(['name', '_meta', 'uri', 'taskId', 'protocolVersion']);
const META_NAMES = new MemberNames([META.version]);
const RESULT = new MemberNames(['isError', 'resultType', 'ttlMs', 'cacheScope']);
const ERROR = new MemberNames(['code']);

type TopName = (typeof TOP.names)[number];
const BITS: Readonly<Record<TopName, number>> = {
  jsonrpc: 1,
  id: 2,
  method: 4,
  params: 8,
  result: 16,
  error: 32,
};
type ParamName = (typeof PARAMS.names)[number];
const PARAM_BITS: Readonly<Record<ParamName, number>> = {
  name: 1,
  _meta: 2,
  uri: 4,
  taskId: 8,
  protocolVersion: 16,
};

const TRUE = 0x74;
/** Depths of the objects that are looked into. */
const DEPTH = { top: 1, params: 2, meta: 3 } as const;

/** One pass over one message; what it found is its result. Every field is set at birth, so that all scans have one shape. */
export class MessageScan implements ScannedMessage {
  kind: ScannedMessage['kind'] = 'request';
  id: RpcId | null | undefined = undefined;
  method: string | undefined = undefined;
  name: string | undefined = undefined;
  metaVersion: string | undefined = undefined;
  asksVersion: string | undefined = undefined;
  errorCode: number | undefined = undefined;
  isToolError = false;
  result: ScannedMessage['result'] = undefined;
  isOfOneEra = false;
  params: ScannedMessage['params'] = undefined;
  /** Members at the top that came, a bit for each: a set would be most of what a scan makes. */
  private seen = 0;
  private texts: Record<ParamName, string | undefined> | undefined = undefined;
  private seenParams = 0;
  /** Members of `params` that came twice, or in another spelling: fatal where the method is decided by one of them. */
  private doubtful: ParamName[] | undefined = undefined;

  constructor(private readonly cursor: JsonCursor) {}

  read(): ScannedMessage {
    this.readTop();
    if (!this.cursor.isAtEnd()) throw new Refusal('The body holds more than one JSON value.');
    if (!this.hasSeen('jsonrpc')) throw new Refusal('The message is no JSON-RPC 2.0.');
    if (this.method === undefined) this.judgeResponse();
    else this.judgeCall(this.method);
    return this;
  }

  private hasSeen(name: TopName): boolean {
    return (this.seen & BITS[name]) !== 0;
  }

  private readTop(): void {
    const { cursor } = this;
    if (!cursor.isAtObject()) this.refuseNonObject();
    cursor.enterObject(DEPTH.top);
    while (cursor.nextMember()) {
      const name = TOP.exact(cursor);
      if (name === undefined) {
        this.refuseVariant(TOP);
        cursor.passValue(DEPTH.top);
      } else {
        if (this.hasSeen(name)) throw new Refusal(`The message has "${name}" twice.`);
        this.seen |= BITS[name];
        const valueAt = cursor.at;
        this.readTopMember(name);
        if (cursor.at === valueAt) cursor.passValue(DEPTH.top);
      }
    }
  }

  private refuseNonObject(): never {
    const { cursor } = this;
    const isBatch = cursor.isAtArray();
    cursor.passValue(0);
    throw new Refusal(
      isBatch ? 'Batches are not taken; send one message.' : 'The message is no JSON object.',
    );
  }

  private refuseVariant(names: MemberNames<string>): void {
    const variant = names.variant(this.cursor);
    if (variant !== undefined) throw new Refusal(`A member differs from "${variant}" by its spelling only.`);
  }

  private readTopMember(name: TopName): void {
    switch (name) {
      case 'jsonrpc':
        if (this.readText() !== '2.0') throw new Refusal('The message is no JSON-RPC 2.0.');
        return;
      case 'id':
        this.id = this.readId();
        return;
      case 'method':
        this.method = this.readText();
        if (this.method === undefined) throw new Refusal('"method" is no string.');
        return;
      case 'params':
        this.readParams();
        return;
      case 'result':
        this.readResult();
        return;
      case 'error':
        this.readError();
    }
  }

  /** undefined for what is no string, which is passed over. */
  private readText(): string | undefined {
    const { cursor } = this;
    if (!cursor.isAtString()) {
      cursor.passValue(DEPTH.meta);
      return undefined;
    }
    cursor.passString();
    return cursor.text();
  }

  private readId(): RpcId | null {
    const { cursor } = this;
    if (cursor.isAtString()) return this.readText() ?? null;
    const start = cursor.at;
    if (cursor.isAtObject() || cursor.isAtArray())
      throw new Refusal('"id" is neither a string nor a number.');
    cursor.passValue(DEPTH.top);
    if (cursor.isCount) return cursor.count;
    const text = cursor.bytes.toString('latin1', start, cursor.at);
    if (text === 'null') return null;
    const id = Number(text);
    if (!Number.isFinite(id)) throw new Refusal('"id" is neither a string nor a number.');
    return id;
  }

  private readParams(): void {
    const { cursor } = this;
    if (!cursor.isAtObject()) throw new Refusal('"params" is no object.');
    const start = cursor.at;
    cursor.enterObject(DEPTH.params);
    while (cursor.nextMember()) {
      const name = PARAMS.exact(cursor);
      if (name === undefined) {
        const variant = PARAMS.variant(cursor);
        if (variant !== undefined) this.doubt(variant);
        cursor.passValue(DEPTH.params);
      } else {
        this.readParam(name);
      }
    }
    this.params = { start, end: cursor.at };
  }

  private readParam(name: ParamName): void {
    const bit = PARAM_BITS[name];
    if ((this.seenParams & bit) !== 0) this.doubt(name);
    this.seenParams |= bit;
    if (name === '_meta' && this.cursor.isAtObject()) {
      this.readMeta();
      return;
    }
    const text = this.readText();
    if (text !== undefined) this.note(name, text);
  }

  private note(name: ParamName, text: string): void {
    this.texts ??= {
      name: undefined,
      _meta: undefined,
      uri: undefined,
      taskId: undefined,
      protocolVersion: undefined,
    };
    this.texts[name] = text;
  }

  private doubt(name: ParamName): void {
    this.doubtful ??= [];
    this.doubtful.push(name);
  }

  private readMeta(): void {
    const { cursor } = this;
    let hasVersion = false;
    cursor.enterObject(DEPTH.meta);
    while (cursor.nextMember()) {
      if (META_NAMES.exact(cursor) === undefined) {
        this.refuseVariant(META_NAMES);
        cursor.passValue(DEPTH.meta);
      } else {
        if (hasVersion) throw new Refusal(`"_meta" has "${META.version}" twice.`);
        hasVersion = true;
        this.metaVersion = this.readText();
      }
    }
  }

  private readResult(): void {
    const { cursor } = this;
    if (!cursor.isAtObject()) return;
    const start = cursor.at;
    cursor.enterObject(DEPTH.params);
    while (cursor.nextMember()) {
      const name = RESULT.exact(cursor);
      if (name === 'isError') this.isToolError = cursor.bytes[cursor.at] === TRUE;
      else if (name !== undefined) this.isOfOneEra = true;
      cursor.passValue(DEPTH.params);
    }
    this.result = { start, end: cursor.at };
  }

  private readError(): void {
    const { cursor } = this;
    if (!cursor.isAtObject()) return;
    cursor.enterObject(DEPTH.params);
    while (cursor.nextMember()) {
      const start = cursor.at;
      const isCode = ERROR.exact(cursor) !== undefined;
      cursor.passValue(DEPTH.params);
      if (isCode) this.errorCode = Number(cursor.bytes.toString('latin1', start, cursor.at));
    }
  }

  private judgeCall(method: string): void {
    if (this.hasSeen('result') || this.hasSeen('error')) throw new Refusal('A call has no result.');
    if (this.id === null) throw new Refusal('The id of a request is a string or a number.');
    this.kind = this.id === undefined ? 'notification' : 'request';
    const member = namedMember(method);
    this.refuseDoubt(member, method);
    if (member !== undefined) this.name = this.texts?.[member];
    if (method === 'initialize') this.asksVersion = this.texts?.protocolVersion;
  }

  private refuseDoubt(member: ParamName | undefined, method: string): void {
    const asks = method === 'initialize' ? 'protocolVersion' : member;
    const fatal = this.doubtful?.find((name) => name === '_meta' || name === asks);
    if (fatal !== undefined) throw new Refusal(`"params" has "${fatal}" twice, or spelt in two ways.`);
  }

  private judgeResponse(): void {
    this.kind = 'response';
    if (this.id === undefined) throw new Refusal('The message has neither a method nor an id.');
    if (this.hasSeen('result') === this.hasSeen('error'))
      throw new Refusal('A response has either a result or an error.');
  }
}
