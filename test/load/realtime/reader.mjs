// A client of `/ws` that costs little: it counts frames by their headers, and reads the words of few.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;

export class Reader {
  frames = 0;
  #rest = Buffer.alloc(0);
  #opened;
  #isOpen = false;

  /** `onText` gets the words of each frame; without it they are only counted. */
  constructor(port, onText) {
    this.onText = onText;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.socket.once('error', reject);
    });
    this.socket.on('connect', () => {
      const key = randomBytes(16).toString('base64');
      this.socket.write(
        `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
    this.socket.on('data', (bytes) => this.#take(bytes));
  }

  say(frame) {
    this.#send(TEXT, Buffer.from(JSON.stringify(frame)));
  }

  close() {
    this.socket.destroy();
  }

  #send(opcode, payload) {
    const head = payload.length < 126 ? Buffer.from([0x80 | opcode, 0x80 | payload.length]) : Buffer.alloc(4);
    if (payload.length >= 126) {
      head[0] = 0x80 | opcode;
      head[1] = 0x80 | 126;
      head.writeUInt16BE(payload.length, 2);
    }
    // A mask of zeros leaves the words as they are.
    this.socket.write(Buffer.concat([head, Buffer.alloc(4), payload]));
  }

  #take(bytes) {
    let buffer = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (!this.#isOpen) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = buffer;
        return;
      }
      if (!buffer.subarray(0, end).toString().includes(' 101 ')) throw new Error(buffer.toString());
      this.#isOpen = true;
      this.#opened();
      buffer = buffer.subarray(end + 4);
    }
    this.#rest = this.#frames(buffer);
  }

  #frames(buffer) {
    let at = 0;
    for (;;) {
      if (buffer.length < at + 2) break;
      const short = buffer[at + 1] & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (buffer.length < at + head) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? buffer.readUInt16BE(at + 2)
            : Number(buffer.readBigUInt64BE(at + 2));
      if (buffer.length < at + head + length) break;
      this.#frame(buffer[at] & 0xf, buffer, at + head, length);
      at += head + length;
    }
    return at === buffer.length ? Buffer.alloc(0) : buffer.subarray(at);
  }

  #frame(opcode, buffer, start, length) {
    if (opcode === PING) this.#send(PONG, buffer.subarray(start, start + length));
    else if (opcode === TEXT) {
      this.frames += 1;
      this.onText?.(buffer.toString('utf8', start, start + length));
    }
  }
}
