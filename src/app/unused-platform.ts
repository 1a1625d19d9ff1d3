import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '@app/database';
import { createHttpApp, Cursors } from '@app/http';
import { EventAppender } from '@app/outbox';
import { Inbox, PubSub, QueueSet } from '@app/queues';
import { EgressPolicy, Keyring } from '@app/security';
import { createLogger, Metrics, NestLogger, Scrubber } from '@app/telemetry';
import { VERSION } from './version';
import { type Platform } from './platform';
import { RequestReply } from './request-reply';
import { type Role } from './role';
import { rootModule } from './root.module';
import { Settings } from './settings';

/** Parts that are handed around but never used: documents need the controllers, not what is behind them. */
export function unusedPlatform(role: Role): Platform {
  const settings = Object.assign(new Settings(), {
    CONTAINER_ENGINE: 'process',
    DATABASE_URL: 'postgres://127.0.0.1/unused',
    API_KEY: 'x'.repeat(32),
  });
  const keyring = Keyring.fromSetting(Buffer.alloc(32, 1).toString('base64'));
  const database = Object.create(Database.prototype) as Database;
  return {
    role,
    settings,
    installationId: 'unused',
    logger: createLogger({ level: 'error', role: 'documents', pretty: false }),
    scrubber: new Scrubber(),
    metrics: new Metrics(),
    keyring,
    database,
    queueBackend: { kind: 'postgres', url: settings.DATABASE_URL },
    queues: new QueueSet({ kind: 'postgres', url: settings.DATABASE_URL }),
    pubsub: Object.create(PubSub.prototype) as PubSub,
    appender: new EventAppender(database),
    inbox: new Inbox(database),
    cursors: new Cursors(keyring),
    egress: new EgressPolicy(),
    close: () => Promise.resolve(),
  };
}

/** The application of a role, put together but not started: for whoever writes down what it has. */
export function unstartedApp(role: Role): Promise<NestFastifyApplication> {
  const platform = unusedPlatform(role);
  return createHttpApp(rootModule(platform, new RequestReply(platform.settings, 0)), {
    logger: new NestLogger(platform.logger),
    version: VERSION,
  });
}
