import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mountBelow } from '@app/http';
import { PlainToolCalls } from '../http/plain-tool-calls';
import { Door } from './door';

/** Opens the three faces, and the short way of a tool call, on the server of an application that holds the gateway, before it listens. */
export function mountFaces(app: NestFastifyApplication): void {
  mountBelow(app, (rules) => app.get(Door, { strict: false }).below(rules));
  mountBelow(app, (rules) => app.get(PlainToolCalls, { strict: false }).below(rules));
}
