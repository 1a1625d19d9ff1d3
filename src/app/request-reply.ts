import { type ClientOptions, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { type Settings } from './settings';

const RETRY_ATTEMPTS = 10;
const RETRY_DELAY_MS = 1_000;

/** How questions reach the provisioner: over Redis where there is one, else over a loopback port. */
export class RequestReply {
  constructor(
    private readonly settings: Readonly<Settings>,
    private readonly port: number,
  ) {}

  clientOptions(): ClientOptions {
    return this.options();
  }

  serverOptions(): MicroserviceOptions {
    return this.options();
  }

  private options(): object {
    const { REDIS_URL } = this.settings;
    if (REDIS_URL === undefined)
      return { transport: Transport.TCP, options: { host: '127.0.0.1', port: this.port } };
    const { hostname, port, username, password, protocol, pathname } = new URL(REDIS_URL);
    return {
      transport: Transport.REDIS,
      options: {
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
