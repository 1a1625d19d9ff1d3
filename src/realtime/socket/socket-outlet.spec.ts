import { Duplex } from 'node:stream';
import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { CLOSE } from '../domain/close-codes';
import { SocketOutlet } from './socket-outlet';

const MIB = 1_024 * 1_024;
const frame = Buffer.alloc(64 * 1_024);

/** The other side of a connection, which reads when the test says so. */
class Connection extends Duplex {
  readonly taken: Buffer[] = [];
  private next: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.next = () => {
      this.taken.push(chunk);
      this.next = undefined;
      done();
    };
  }

  override _read(): void {
    // Nothing is ever said.
  }

  /** Reads until nothing comes any more. */
  async readAll(): Promise<number> {
    while (this.next !== undefined) {
      this.next();
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
    }
    return this.taken.reduce((sum, { length }) => sum + length, 0);
  }
}

class Peer extends EventEmitter {
  readonly readyState = WebSocket.OPEN;
  readonly close = jest.fn();
  readonly terminate = jest.fn();
}

function opened() {
  const [ws, connection, dropped] = [new Peer(), new Connection(), [] as string[]];
  const outlet = new SocketOutlet(ws as unknown as WebSocket, connection, 'flat', (reason) => {
    dropped.push(reason);
  });
  const fill = (bytes: number): void => {
    for (let written = 0; written < bytes; written += frame.length) outlet.write(frame);
  };
  return { ws, connection, dropped, outlet, fill };
}

describe('a reader behind a WebSocket', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gets everything in the end, however late it reads, and little lies in its connection meanwhile', async () => {
    const { connection, outlet, fill } = opened();
    fill(3 * MIB);
    expect(outlet.waitingBytes).toBe(3 * MIB);
    expect(connection.writableLength).toBeLessThanOrEqual(MIB / 4 + frame.length);
    const caughtUp = outlet.drained();
    expect(await connection.readAll()).toBe(3 * MIB);
    await caughtUp;
    expect(outlet.waitingBytes).toBe(0);
  });

  it('is told to go when 4 MiB wait, ahead of what had not left', async () => {
    const { ws, connection, dropped, fill } = opened();
    fill(5 * MIB);
    expect(dropped).toEqual(['slow']);
    expect(ws.close.mock.calls).toEqual([[CLOSE.tooSlow.code, CLOSE.tooSlow.reason]]);
    expect(await connection.readAll()).toBeLessThanOrEqual(MIB / 4 + frame.length);
  });

  it('may take twenty seconds to read that it was too slow, and two for everything else', () => {
    for (const [closing, patience] of [
      [CLOSE.tooSlow, 20_000],
      [CLOSE.revoked, 2_000],
    ] as const) {
      const { ws, outlet } = opened();
      outlet.close(closing);
      jest.advanceTimersByTime(patience - 1);
      expect(ws.terminate).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1);
      expect(ws.terminate).toHaveBeenCalledTimes(1);
    }
  });

  it('is waited for no longer than others when the process ends', () => {
    const { ws, outlet } = opened();
    outlet.close(CLOSE.tooSlow);
    outlet.close(CLOSE.restarting);
    expect(ws.close).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(2_000);
    expect(ws.terminate).toHaveBeenCalledTimes(1);
  });
});
