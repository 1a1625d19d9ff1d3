import { type RpcId } from './json-rpc';

/**
 * What the bytes of one JSON-RPC message say about what it will do, found without building it. Each member is the one that
 * a parser would have found at that place: there is no second one, and none that differs by upper and lower case only.
 */
export interface ScannedMessage {
  readonly kind: 'request' | 'notification' | 'response';
  /** Of requests and notifications. */
  readonly method: string | undefined;
  /** Of requests and responses; null in a response to something unreadable. */
  readonly id: RpcId | null | undefined;
  /** What the method acts on: `params.name`, `params.uri` or `params.taskId`, where the method has such a thing. */
  readonly name: string | undefined;
  /** `params._meta["io.modelcontextprotocol/protocolVersion"]`: the request is of the newer era. */
  readonly metaVersion: string | undefined;
  /** `params.protocolVersion`: what `initialize` asks for. */
  readonly asksVersion: string | undefined;
  /** `error.code` of a response that is a failure. */
  readonly errorCode: number | undefined;
  /** `result.isError` of a response: the tool ran and says that it failed. */
  readonly isToolError: boolean;
  /** Where the result of a response stands in the bytes, if it is an object. */
  readonly result: { readonly start: number; readonly end: number } | undefined;
  /** The result has members that mean something in one era only: it is not the same for clients of another. */
  readonly isOfOneEra: boolean;
  /** Where `params` stand in the bytes: `initialize` is repeated with them when a session is lost. */
  readonly params: { readonly start: number; readonly end: number } | undefined;
}
