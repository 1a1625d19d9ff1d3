import {
  type ClientProxy,
  ClientProxyFactory,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { spaceOf } from './installation-id';
import { SpacedRedisClient, type SpacedRedisOptions, SpacedRedisServer } from './request-reply-redis';
import { type Settings } from './settings';

/** For ever: whoever gives up a Redis that is away could not be asked any more when it is back. */
const RETRY_ATTEMPTS = Number.MAX_SAFE_INTEGER;
const RETRY_DELAY_MS = 1_000;

export type Asker = Pick<ClientProxy, 'send' | 'close'>;

/** How questions reach the provisioner: over Redis where there is one, else over a loopback port. */
export class RequestReply {
  constructor(
    private readonly settings: Readonly<Settings>,
    private readonly port: number,
    private readonly installationId = '',
  ) {}

  client(): Asker {
    const { REDIS_URL } = this.settings;
    return REDIS_URL === undefined
      ? ClientProxyFactory.create(this.loopback())
      : new SpacedRedisClient(this.redis(REDIS_URL));
  }

  serverOptions(): MicroserviceOptions {
    const { REDIS_URL } = this.settings;
    if (REDIS_URL === undefined) return this.loopback();
    return { strategy: new SpacedRedisServer(this.redis(REDIS_URL)) };
  }

  private loopback() {
    return { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: this.port } };
  }

  private redis(url: string): SpacedRedisOptions {
    const { hostname, port, username, password, protocol, pathname } = new URL(url);
    return {
      space: spaceOf(this.installationId),
      redis: {
        host: hostname,
        port: Number(port === '' ? 6379 : port),
        ...(username === '' ? {} : { username: decodeURIComponent(username) }),
        ...(password === '' ? {} : { password: decodeURIComponent(password) }),
        ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
        ...(protocol === 'rediss:' ? { tls: {} } : {}),
        retryAttempts: RETRY_ATTEMPTS,
        retryDelay: RETRY_DELAY_MS,
      },
    };
  }
}
