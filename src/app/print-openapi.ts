import { Database } from '@app/database';
import { buildOpenApi, createHttpApp, Cursors } from '@app/http';
import { EventAppender } from '@app/outbox';
import { Inbox, PubSub, QueueSet } from '@app/queues';
import { EgressPolicy, Keyring } from '@app/security';
import { createLogger, NestLogger, Scrubber } from '@app/telemetry';
import { VERSION } from './health';
import { TAGS } from './openapi-tags';
import { type Platform } from './platform';
import { RequestReply } from './request-reply';
import { rootModule } from './root.module';
import { Settings } from './settings';

/** Parts that are handed around but never used: the document needs the controllers, not what is behind them. */
function unusedPlatform(): Platform {
  const settings = Object.assign(new Settings(), {
    CONTAINER_ENGINE: 'process',
    DATABASE_URL: 'postgres://127.0.0.1/unused',
    API_KEY: 'x'.repeat(32),
  });
  const keyring = Keyring.fromSetting(Buffer.alloc(32, 1).toString('base64'));
  const database = Object.create(Database.prototype) as Database;
  return {
    role: 'all-in-one',
    settings,
    installationId: 'unused',
    logger: createLogger({ level: 'error', role: 'openapi', pretty: false }),
    scrubber: new Scrubber(),
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

/** Writes the document to standard output; the process then ends whatever timers the parts hold. */
async function printOpenApi(): Promise<void> {
  const platform = unusedPlatform();
  const root = rootModule(platform, new RequestReply(platform.settings, 0));
  const app = await createHttpApp(root, { logger: new NestLogger(platform.logger), version: VERSION });
  const text = `${JSON.stringify(buildOpenApi(app, { version: VERSION, tags: TAGS }), null, 2)}\n`;
  process.stdout.write(text, () => process.exit(0));
}

void printOpenApi();
