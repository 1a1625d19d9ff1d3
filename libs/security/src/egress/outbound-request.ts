import { type Dispatcher } from 'undici';

/** Told of each step of an answer, and able to pause it. */
export interface OutboundHandler extends Dispatcher.DispatchHandler {
  /**
   * In place of `onResponseData`, from a client that reads into a buffer of its own: what is given is overwritten once this
   * returns. Whoever puts it elsewhere anyway spares a copy.
   */
  onResponseView?(controller: OutboundController, view: Buffer): void;
  /** Before the end: nobody reads the body of the request any more. Not every client can tell. */
  onRequestSpent?(): void;
}
export type OutboundController = Dispatcher.DispatchController;

/** A judged address, taken apart once for all requests that go there. */
export interface OutboundTarget {
  readonly origin: string;
  readonly path: string;
}

export interface OutboundRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  /** Names and values by turns; `Host` is the target's own. */
  readonly headers: string[];
  readonly body: Buffer | null;
}
