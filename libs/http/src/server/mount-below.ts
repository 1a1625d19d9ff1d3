import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AllowedHosts } from './allowed-hosts';

/** Takes a request and answers true, or leaves it to the framework. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What every surface of the server has in common, for those that the framework does not serve. */
export interface HouseRules {
  readonly hosts: AllowedHosts;
  readonly version: string;
  readonly trustedProxies: readonly string[];
}

const rules = new WeakMap<object, HouseRules>();

export function keepRules(app: NestFastifyApplication, ofApp: HouseRules): void {
  rules.set(app, ofApp);
}

/**
 * Lets a handler see each request before the framework does: routing, hooks and reply objects cost several times what a
 * relay does itself. What it does not take goes on as if it were not there.
 */
export function mountBelow(app: NestFastifyApplication, make: (rules: HouseRules) => RawHandler): void {
  const ofApp = rules.get(app);
  if (ofApp === undefined) throw new Error('The application was not made by createHttpApp.');
  const server = app.getHttpServer();
  const [above, ...others] = server.listeners('request') as RequestListener[];
  if (above === undefined || others.length > 0) throw new Error('The server has not exactly one listener.');
  const takes = make(ofApp);
  server.off('request', above);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!takes(request, response)) void above(request, response as Parameters<RequestListener>[1]);
  });
}
