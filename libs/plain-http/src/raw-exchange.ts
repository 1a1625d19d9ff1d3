import { type IncomingMessage } from 'node:http';
import { type PlainRequest } from './plain-request';

/** A request as it meets those below the framework: read by Node, or by ourselves. */
export type RawRequest = IncomingMessage | PlainRequest;

type Heard = 'close' | 'drain' | 'error';

/** The answer to it. Of what Node's has, as much as those below the framework use. */
export interface RawResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  /** The system has all of it. */
  readonly writableFinished: boolean;
  readonly writableLength: number;
  readonly writableNeedDrain: boolean;
  on(event: Heard, listener: () => void): unknown;
  once(event: Heard, listener: () => void): unknown;
  off(event: Heard, listener: () => void): unknown;
  setHeader(name: string, value: string): unknown;
  /** Names and values by turns, or by name. */
  writeHead(status: number, headers?: string[] | Record<string, string | number>): unknown;
  flushHeaders(): void;
  write(chunk: Buffer | string): boolean;
  end(chunk?: Buffer | string, encoding?: BufferEncoding): unknown;
  destroy(): unknown;
}
