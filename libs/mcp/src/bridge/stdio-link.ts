import { type Readable, type Writable } from 'node:stream';
import { type JsonObject } from '@app/kernel';
import { BridgeBusyError, McpProtocolError, StdioServerEndedError } from '../errors';
import {
  isCall,
  isRequest,
  metaOf,
  notification,
  parseMessage,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from '../wire/json-rpc';
import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { idAtEnds, LineReader } from './line-reader';
import { LineWriter } from './line-writer';
import { OutputTail } from './output-tail';

export interface StdioStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr?: Readable | undefined;
}

export interface LinkHandlers {
  readonly serverName: string;
  readonly onStderr?: ((line: string) => void) | undefined;
  onNotification(message: RpcNotification): void;
  onRequest(message: RpcRequest): void;
  onEnd(reason: string): void;
}

/** The call was given up by us; nobody waits for its answer. */
export class CallCancelledError extends Error {}

/** One request on its way to the process. */
export interface StdioCall {
  readonly answer: Promise<RpcResponse>;
  /** The caller no longer wants the answer: the process is told, a late answer belongs to nobody. */
  cancel(reason: string): void;
}

interface Pending {
  readonly token: JsonObject[string] | undefined;
  readonly onMessage: ((message: RpcNotification) => void) | undefined;
  resolve(response: RpcResponse): void;
  reject(error: Error): void;
}

/** Calls in flight in one process. */
const MAX_PENDING = 1_000;
/** What may wait in our memory for a process that does not read. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;
const LOGGED_LINE_LENGTH = 200;

/**
 * JSON-RPC over the streams of a process. Every request gets an id of ours, unique for the life of the streams, so
 * that an answer can only ever reach the one who asked.
 */
export class StdioLink {
  private readonly pending = new Map<number, Pending>();
  private readonly stderr: OutputTail;
  private readonly input: LineWriter;
  private nextId = 1;
  private endReason: string | undefined;

  constructor(
    private readonly streams: StdioStreams,
    private readonly handlers: LinkHandlers,
  ) {
    this.stderr = new OutputTail(handlers.onStderr);
    this.input = new LineWriter(streams.stdin);
    const lines = new LineReader(MAX_MESSAGE_BYTES, {
      onLine: (line) => {
        this.take(line);
      },
      onOversize: (head, tail) => {
        this.takeOversize(idAtEnds(head, tail));
      },
    });
    const { stdin, stdout, stderr } = streams;
    stdout.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    stderr?.on('data', (chunk: Buffer) => {
      this.stderr.push(chunk);
    });
    for (const event of ['end', 'close', 'error'])
      stdout.once(event, () => {
        this.close('its process ended');
      });
    stdin.on('error', () => {
      this.close('its process no longer reads');
    });
    stderr?.on('error', () => undefined); // What it would have said is lost; its end is seen on stdout.
  }

  get isOpen(): boolean {
    return this.endReason === undefined;
  }
  get pendingCount(): number {
    return this.pending.size;
  }
  stderrLines(): readonly string[] {
    return this.stderr.last();
  }

  start(method: string, params: JsonObject, onMessage?: (message: RpcNotification) => void): StdioCall {
    this.checkRoom();
    const id = this.nextId++;
    const meta = metaOf(params);
    const token = meta.progressToken;
    const body = token === undefined ? params : { ...params, _meta: { ...meta, progressToken: id } };
    const answer = new Promise<RpcResponse>((resolve, reject) => {
      this.pending.set(id, { token, onMessage, resolve, reject });
    });
    this.write({ jsonrpc: '2.0', id, method, params: body });
    return {
      answer,
      cancel: (reason) => {
        const waiting = this.pending.get(id);
        if (waiting === undefined) return;
        this.pending.delete(id);
        this.write(notification('notifications/cancelled', { requestId: id, reason }));
        waiting.reject(new CallCancelledError(reason));
      },
    };
  }

  /** What nobody waits for is dropped when the process does not read: it may ask for ever and never take an answer. */
  send(message: RpcMessage): void {
    if (this.isOpen && !this.isClogged) this.write(message);
  }

  /** Fails what waits; nothing is read any more. */
  close(reason: string): void {
    if (this.endReason !== undefined) return;
    this.endReason = reason;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const one of waiting) one.reject(this.ended());
    this.streams.stdout.removeAllListeners('data').resume();
    this.handlers.onEnd(reason);
  }

  ended(diedOfQuestion = false): StdioServerEndedError {
    const { serverName } = this.handlers;
    const words = `"${serverName}" gives no answer: ${this.endReason ?? 'its process ended'}.`;
    return new StdioServerEndedError(words, { serverName }, diedOfQuestion);
  }

  private get isClogged(): boolean {
    return this.input.unreadLength > MAX_UNREAD_BYTES;
  }

  private checkRoom(): void {
    const { serverName } = this.handlers;
    if (!this.isOpen) throw this.ended();
    if (this.pending.size >= MAX_PENDING)
      throw new BridgeBusyError(`"${serverName}" has ${MAX_PENDING} calls in flight.`, serverName);
    if (this.isClogged) throw new BridgeBusyError(`"${serverName}" does not read its input.`, serverName);
  }

  private write(message: RpcMessage): void {
    this.input.write(JSON.stringify(message));
  }

  private take(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) {
      this.handlers.onStderr?.(`not a protocol message on stdout: ${line.slice(0, LOGGED_LINE_LENGTH)}`);
    } else if (!isCall(message)) {
      this.settle(message);
    } else if (isRequest(message)) {
      this.handlers.onRequest(message);
    } else {
      this.hear(message);
    }
  }

  /** An answer to no call of ours (given up, or made up) is dropped. */
  private settle(response: RpcResponse): void {
    if (typeof response.id !== 'number') return;
    const waiting = this.pending.get(response.id);
    this.pending.delete(response.id);
    waiting?.resolve(response);
  }

  /** Progress goes back to its call, under the token its client gave. */
  private hear(message: RpcNotification): void {
    const token = message.params?.progressToken;
    if (message.method !== 'notifications/progress') {
      this.handlers.onNotification(message);
      return;
    }
    const waiting = typeof token === 'number' ? this.pending.get(token) : undefined;
    if (waiting?.token === undefined) return;
    waiting.onMessage?.({ ...message, params: { ...message.params, progressToken: waiting.token } });
  }

  private takeOversize(id: number | undefined): void {
    const { serverName } = this.handlers;
    const waiting = id === undefined ? undefined : this.pending.get(id);
    this.handlers.onStderr?.(`a line on stdout was longer than ${MAX_MESSAGE_BYTES} bytes and was dropped`);
    if (id === undefined || waiting === undefined) return;
    this.pending.delete(id);
    const words = `"${serverName}" broke the protocol: its answer is longer than ${MAX_MESSAGE_BYTES} bytes.`;
    waiting.reject(new McpProtocolError(words, 'mcp', { serverName }));
  }
}
