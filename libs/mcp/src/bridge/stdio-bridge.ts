import { type Readable, type Writable } from 'node:stream';
import { type JsonObject } from '@app/kernel';
import { type McpEra } from '../client/session';

export interface StdioStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr?: Readable | undefined;
}

export interface StdioBridgeOptions {
  readonly serverName: string;
  /** A verdict known from before (the one after `diedOfQuestion`): the question is not asked. */
  readonly era?: McpEra;
  readonly onStderr?: (line: string) => void;
  /** Once, when the process or its streams ended. */
  readonly onEnd?: (reason: string) => void;
}

export interface BridgeVerdict {
  readonly era: McpEra;
  readonly capabilities: JsonObject;
}

/** Many clients over one stdio server. */
export class StdioBridge {
  constructor(
    readonly streams: StdioStreams,
    readonly options: StdioBridgeOptions,
  ) {}

  /** Finds the era and shakes hands. Throws `StdioServerEndedError` (see `diedOfQuestion`), `McpTimeoutError`. */
  open(_timeoutMs?: number): Promise<BridgeVerdict> {
    return Promise.reject(new Error('not yet'));
  }

  /** The last lines that the process wrote to stderr, at most 200. */
  stderrLines(): readonly string[] {
    return [];
  }

  /** Fails what waits and lets go of the streams; the process itself is its owner's. */
  close(_reason?: string): void {}
}
