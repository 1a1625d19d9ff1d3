import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import {
  type PlainHead,
  type PlainLimits,
  PlainServer,
  type RawRequest,
  type RawResponse,
} from '@app/plain-http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AllowedHosts } from './allowed-hosts';
import { type OnAnswered } from './answered-request';
import { takeUpgrades, type UpgradeHandler } from './upgrades';

/** Takes a request and answers true, or leaves it to the framework. */
export type RawHandler = (request: RawRequest, response: RawResponse) => boolean;

/** What lies below the framework. */
export interface Below {
  readonly handle: RawHandler;
  /** Those of the plain requests that come to the handler past Node's server. What it does not take after all goes there. */
  readonly takesPlain: (head: PlainHead) => boolean;
}

/** What every surface of the server has in common, for those that the framework does not serve. */
export interface HouseRules {
  readonly hosts: AllowedHosts;
  readonly version: string;
  readonly trustedProxies: readonly string[];
  /** Answers say for whom of these they are, in headers that the framework writes. */
  readonly corsOrigins: readonly string[];
  /** Of every answer of the API: names and values by turns. */
  readonly headers: readonly string[];
  /** Is to hear of each request of the API that was answered. */
  readonly onAnswered: OnAnswered;
}

/**
 * The place below the framework, where a handler may see each request first: routing, hooks and reply objects cost several
 * times what a relay does itself. What the handler does not take goes on as if it were not there.
 */
export class Basement {
  private readonly below: Below[] = [];
  private upgrades: UpgradeHandler | undefined = undefined;
  private readonly servers: PlainServer[] = [];

  /** Makes the servers of the framework: there are several where a name stands for several addresses. */
  serve(
    options: ServerOptions & PlainLimits,
    above: (request: IncomingMessage, response: ServerResponse) => void,
  ): Server {
    const server = new PlainServer(options, (request, response) => {
      if (!this.handle(request, response)) above(request, response);
    });
    this.servers.push(server);
    if (this.below.length > 0) this.openPlain(server);
    if (this.upgrades !== undefined) takeUpgrades(server, this.upgrades);
    return server;
  }

  /** Asked in the order in which they came. */
  mount(below: Below): void {
    this.below.push(below);
    for (const server of this.servers) this.openPlain(server);
  }

  mountUpgrades(handler: UpgradeHandler): void {
    this.upgrades = handler;
    for (const server of this.servers) takeUpgrades(server, this.upgrades);
  }

  private openPlain(server: PlainServer): void {
    server.takePlain({
      takes: (head) => this.below.some(({ takesPlain }) => takesPlain(head)),
      serve: (request, response) => {
        if (!this.handle(request, response)) request.giveBack();
      },
    });
  }

  private readonly handle: RawHandler = (request, response) => {
    for (const { handle } of this.below) if (handle(request, response)) return true;
    return false;
  };
}

interface House {
  readonly basement: Basement;
  readonly rules: HouseRules;
}

const houses = new WeakMap<object, House>();

export function keepHouse(app: NestFastifyApplication, house: House): void {
  houses.set(app, house);
}

export function mountBelow(app: NestFastifyApplication, make: (rules: HouseRules) => Below): void {
  const { basement, rules } = houseOf(app);
  basement.mount(make(rules));
}

/** For connections that go on in another protocol. Requests for one that the handler does not take are served without it. */
export function mountUpgrades(
  app: NestFastifyApplication,
  make: (rules: HouseRules) => UpgradeHandler,
): void {
  const { basement, rules } = houseOf(app);
  basement.mountUpgrades(make(rules));
}

function houseOf(app: NestFastifyApplication): House {
  const house = houses.get(app);
  if (house === undefined) throw new Error('The application was not made by createHttpApp.');
  return house;
}
