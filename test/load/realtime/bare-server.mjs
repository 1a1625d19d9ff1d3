// What a short program does with the same library: one frame made once, written to everybody.
//   node bare-server.mjs   prints its port; each line it is sent is {frames, bytes}
import { createInterface } from 'node:readline';
import { Sender, WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const sockets = new Set();
server.on('connection', (ws, request) => {
  sockets.add(request.socket);
  ws.on('close', () => sockets.delete(request.socket));
});
server.on('listening', () => process.stdout.write(`${server.address().port}\n`));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { frames, bytes } = JSON.parse(line);
    for (let index = 0; index < frames; index += 1) {
      const frame = Sender.frame(Buffer.alloc(bytes, 'x'), {
        ...{ opcode: 1, fin: true, mask: false, readOnly: true, rsv1: false },
      });
      for (const socket of sockets) {
        socket.cork();
        for (const part of frame) socket.write(part);
        socket.uncork();
      }
    }
  })
  .on('close', () => process.exit(0));
