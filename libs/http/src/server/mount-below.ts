import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AllowedHosts } from './allowed-hosts';
import { takeUpgrades, type UpgradeHandler } from './upgrades';

/** Takes a request and answers true, or leaves it to the framework. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What every surface of the server has in common, for those that the framework does not serve. */
export interface HouseRules {
  readonly hosts: AllowedHosts;
  readonly version: string;
  readonly trustedProxies: readonly string[];
}

/**
 * The place below the framework, where a handler may see each request first: routing, hooks and reply objects cost several
 * times what a relay does itself. What the handler does not take goes on as if it were not there.
 */
export class Basement {
  private handler: RawHandler | undefined = undefined;
  private upgrades: UpgradeHandler | undefined = undefined;
  private readonly servers: Server[] = [];

  constructor(private readonly rules: HouseRules) {}

  /** Makes the servers of the framework: there are several where a name stands for several addresses. */
  serve(options: ServerOptions, above: (request: IncomingMessage, response: ServerResponse) => void): Server {
    const server = createServer(options, (request, response) => {
      if (this.handler?.(request, response) !== true) above(request, response);
    });
    this.servers.push(server);
    if (this.upgrades !== undefined) takeUpgrades(server, this.upgrades);
    return server;
  }

  mount(make: (rules: HouseRules) => RawHandler): void {
    this.handler = make(this.rules);
  }

  mountUpgrades(make: (rules: HouseRules) => UpgradeHandler): void {
    this.upgrades = make(this.rules);
    for (const server of this.servers) takeUpgrades(server, this.upgrades);
  }
}

const basements = new WeakMap<object, Basement>();

export function keepBasement(app: NestFastifyApplication, basement: Basement): void {
  basements.set(app, basement);
}

export function mountBelow(app: NestFastifyApplication, make: (rules: HouseRules) => RawHandler): void {
  basementOf(app).mount(make);
}

/** For connections that go on in another protocol. Requests for one that the handler does not take are served without it. */
export function mountUpgrades(
  app: NestFastifyApplication,
  make: (rules: HouseRules) => UpgradeHandler,
): void {
  basementOf(app).mountUpgrades(make);
}

function basementOf(app: NestFastifyApplication): Basement {
  const basement = basements.get(app);
  if (basement === undefined) throw new Error('The application was not made by createHttpApp.');
  return basement;
}
