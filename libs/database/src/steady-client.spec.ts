import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Database } from './database';
import { DatabaseUnavailableError } from './errors';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
/** The password is not asked for, and the first statement may come. */
const WELCOME = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
const FAREWELL = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

describe('a connection of the pool', () => {
  let server: Server;
  let greeted = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.once('data', () => {
        greeted += 1;
        socket.end(Buffer.concat([...WELCOME, FAREWELL]));
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  it('fails whoever has it, not the process, when the server ends it in the moment in which it is handed out', async () => {
    const { port } = server.address() as AddressInfo;
    const url = `postgres://quayside@127.0.0.1:${String(port)}/quayside`;
    await expect(Database.open({ url, applicationName: 'test', poolSize: 1 })).rejects.toThrow(
      DatabaseUnavailableError,
    );
    expect(greeted).toBeGreaterThan(0);
  });
});
