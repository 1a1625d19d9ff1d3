import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import {
  type PlainLimits,
  PlainServer,
  type PlainTaker,
  type RawRequest,
  type RawResponse,
} from '@app/plain-http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AllowedHosts } from './allowed-hosts';
import { takeUpgrades, type UpgradeHandler } from './upgrades';

/** Takes a request and answers true, or leaves it to the framework. */
export type RawHandler = (request: RawRequest, response: RawResponse) => boolean;

/** What lies below the framework. */
export interface Below {
  readonly handle: RawHandler;
  /** Addresses of which the handler takes every request; those that are plain are then read past Node's server. */
  readonly plain?: Pick<PlainTaker, 'bodyMaxBytes' | 'takes'>;
}

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
  private below: Below | undefined = undefined;
  private upgrades: UpgradeHandler | undefined = undefined;
  private readonly servers: PlainServer[] = [];

  constructor(private readonly rules: HouseRules) {}

  /** Makes the servers of the framework: there are several where a name stands for several addresses. */
  serve(
    options: ServerOptions & PlainLimits,
    above: (request: IncomingMessage, response: ServerResponse) => void,
  ): Server {
    const server = new PlainServer(options, (request, response) => {
      if (this.below?.handle(request, response) !== true) above(request, response);
    });
    this.servers.push(server);
    this.openPlain(server);
    if (this.upgrades !== undefined) takeUpgrades(server, this.upgrades);
    return server;
  }

  mount(make: (rules: HouseRules) => Below): void {
    this.below = make(this.rules);
    for (const server of this.servers) this.openPlain(server);
  }

  mountUpgrades(make: (rules: HouseRules) => UpgradeHandler): void {
    this.upgrades = make(this.rules);
    for (const server of this.servers) takeUpgrades(server, this.upgrades);
  }

  private openPlain(server: PlainServer): void {
    const { handle, plain } = this.below ?? {};
    if (handle !== undefined && plain !== undefined) server.takePlain({ ...plain, serve: handle });
  }
}

const basements = new WeakMap<object, Basement>();

export function keepBasement(app: NestFastifyApplication, basement: Basement): void {
  basements.set(app, basement);
}

export function mountBelow(app: NestFastifyApplication, make: (rules: HouseRules) => Below): void {
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
