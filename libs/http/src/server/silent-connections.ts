import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';

/**
 * Clients open connections ahead of need. One over which nothing was ever asked is not idle to Node's server, so closing would
 * wait for it as for a request; nobody loses anything when it goes.
 */
export function endSilentConnections(fastify: FastifyInstance): void {
  const server: Server = fastify.server;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
}
