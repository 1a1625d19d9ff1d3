// HTTP/1.1 on a bare socket: what generates the load shares the machine with what is measured, so it must cost little.
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** One keep-alive connection, one request at a time. */
export class RawConnection {
  #socket;
  #chunks = [];
  #size = 0;
  #head;
  #waiting;
  #failure;

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed before the answer')));
  }

  /** The answer as {status, head, body}; the body is as it was sent, event stream or not, without the chunk marks. */
  send(bytes) {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  get isClosed() {
    return this.#failure !== undefined;
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#head === undefined && !this.#readHead()) return;
    const { bodyAt, length } = this.#head;
    if (length !== undefined) {
      if (this.#size < bodyAt + length) return;
      this.#finish(this.#joined().subarray(bodyAt, bodyAt + length));
      return;
    }
    const body = unchunked(this.#joined(), bodyAt);
    if (body !== undefined) this.#finish(body);
  }

  #readHead() {
    const bytes = this.#joined();
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) return false;
    const text = bytes.latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    const isChunked = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(text);
    this.#head = {
      text,
      status: Number(text.slice(9, 12)),
      bodyAt: end + HEAD_END.length,
      length: isChunked ? undefined : Number(length ?? 0),
    };
    return true;
  }

  #joined() {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0];
  }

  #finish(body) {
    const { status, text } = this.#head;
    const waiting = this.#waiting;
    this.#chunks = [];
    this.#size = 0;
    this.#head = undefined;
    this.#waiting = undefined;
    waiting?.resolve({ status, head: text, body });
  }

  #fail(error) {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

/** The body without the marks of its chunks; undefined while its end is missing. */
function unchunked(bytes, from) {
  const parts = [];
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.latin1Slice(at, lineEnd), 16);
    const start = lineEnd + LINE_END.length;
    if (bytes.length < start + size + LINE_END.length) return undefined;
    if (size === 0) return parts.length === 1 ? parts[0] : Buffer.concat(parts);
    parts.push(bytes.subarray(start, start + size));
    at = start + size + LINE_END.length;
  }
}

/** The value of a header in the text of a head. */
export const headerOf = (head, name) => new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1];

/** One request as bytes, ready to be sent many times. */
export function requestBytes(method, path, headers, body) {
  const payload = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${payload.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), payload]);
}
