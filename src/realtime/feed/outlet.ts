import { type Closing } from '../domain/close-codes';
import { type Frame } from '../domain/frames';
import { type Format } from './wire';

/** Where bytes leave for one reader: a WebSocket, or an answer that does not end. */
export interface Outlet {
  readonly format: Format;
  readonly isOpen: boolean;
  /** Bytes that the reader has not taken yet. */
  readonly waitingBytes: number;
  /** Events, as they were made for everybody. */
  write(bytes: Buffer): void;
  /** Something about the stream itself. */
  say(frame: Frame): void;
  /** Keeps the connection, and notices when nobody is there any more. */
  beat(): void;
  /** Resolves when the reader has taken what waited, or is gone. */
  drained(): Promise<void>;
  close(closing: Closing): void;
  onClosed(listener: () => void): void;
}
