import { type Dispatcher } from 'undici';

/** Told of each step of an answer, and able to pause it. */
export type OutboundHandler = Dispatcher.DispatchHandler;
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
