import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mountUpgrades } from '@app/http';
import { SocketServer } from './socket-server';

/** Opens `/ws` on the server of an application that holds this context, before it listens. */
export function mountSocket(app: NestFastifyApplication): void {
  mountUpgrades(app, (rules) => app.get(SocketServer, { strict: false }).handler(rules));
}
