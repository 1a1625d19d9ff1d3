import { join } from 'node:path';
import { type MicroserviceOptions } from '@nestjs/microservices';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PROVISIONING_COMMANDS } from '@app/contracts';
import { loadEnv } from '@app/config';
import { chooseFreePort } from '@app/database';
import { createHttpApp, mountDocs } from '@app/http';
import { BullMqServer } from '@app/queues';
import { createLogger, NestLogger, requestContext, systemScope } from '@app/telemetry';
import { CatalogOptions, seedBuiltIns } from '../catalog';
import { mountConsole } from '../console';
import { mountFaces } from '../gateway';
import { HealthService } from '../observability';
import { mountSocket } from '../realtime';
import { StoredSettings } from '../settings';
import { mountEventDocs } from './asyncapi/mount-event-docs';
import { mountGuides } from './guides/mount-guides';
import { VERSION } from './version';
import { openApiDocument } from './openapi-document';
import { followLogLevel } from './follow-log-level';
import { migrateStores } from './migrate';
import { PACKAGE_ROOT } from './package-root';
import { openPlatform, type Platform } from './platform';
import { publicUrl, publicUrls } from './public-url';
import { RequestReply } from './request-reply';
import { includes, type Role } from './role';
import { rootModule } from './root.module';
import { Settings } from './settings';
import { explainAndExit } from './start-failure';
import { stopOnSignals } from './stop';
import { chooseTraces, traceCommands } from './tracing';
import { waitForSchema } from './wait-for-database';

const ANY_PORT = 0;
const CONSOLE_FOLDER = join(PACKAGE_ROOT, 'dist', 'console');

/** Starts a role and returns when it serves. A start that fails says why in one report and ends the process. */
export async function runRole(role: Role): Promise<void> {
  const logger = createLogger({ level: 'info', role });
  try {
    const settings = loadEnv(Settings, process.env);
    chooseTraces(process.env, settings);
    // Roles apart are brought up to date by a step of its own: none of them may assume it is the first of the new version.
    if (role === 'all-in-one') await migrateStores(settings.DATABASE_URL);
    else await waitForSchema(settings.DATABASE_URL, logger);
    const platform = await openPlatform(settings, role);
    const app = await startApp(platform);
    stopOnSignals({ platform, app, health: app.get(HealthService, { strict: false }) });
    platform.logger.info({ url: await app.getUrl(), version: VERSION }, 'ready to serve');
  } catch (error) {
    explainAndExit(error, logger);
  }
}

async function startApp(platform: Platform): Promise<NestFastifyApplication> {
  const { role, settings, logger } = platform;
  const requestReply = new RequestReply(settings, await requestPort(settings), platform.installationId);
  const app = await createHttpApp(rootModule(platform, requestReply), {
    logger: new NestLogger(logger),
    version: VERSION,
    trustedProxies: settings.TRUSTED_PROXIES?.split(',') ?? [],
    publicUrls: publicUrls(settings),
    metrics: platform.metrics,
  });
  // Others give no commands, and have no bus that could be asked for.
  if (includes(role, 'api') || includes(role, 'gateway')) traceCommands(app);
  followLogLevel(app.get(StoredSettings, { strict: false }), logger, settings.LOG_LEVEL);
  if (includes(role, 'api')) {
    await requestContext.run(systemScope('start'), () =>
      seedBuiltIns(platform.database, platform.appender, app.get(CatalogOptions, { strict: false })),
    );
    await mountConsole(app, { folder: CONSOLE_FOLDER, publicUrls: publicUrls(settings), version: VERSION });
    mountSocket(app);
    mountGuides(app, PACKAGE_ROOT);
    mountEventDocs(app, { version: VERSION, publicUrl: publicUrl(settings) });
    mountDocs(app, { document: () => openApiDocument(app, role) });
  }
  if (includes(role, 'gateway')) mountFaces(app);
  if (includes(role, 'provisioner')) await startProvisionerTransports(app, platform, requestReply);
  await app.listen(settings.SERVER_PORT, settings.SERVER_HOST);
  return app;
}

/** With Redis questions need no port; in one process any free port will do. */
async function requestPort({ PROVISIONER_PORT, REDIS_URL }: Readonly<Settings>): Promise<number> {
  return PROVISIONER_PORT === ANY_PORT && REDIS_URL === undefined ? chooseFreePort() : PROVISIONER_PORT;
}

async function startProvisionerTransports(
  app: NestFastifyApplication,
  { queueBackend, queues }: Platform,
  requestReply: RequestReply,
): Promise<void> {
  const transports: (MicroserviceOptions | { strategy: BullMqServer })[] = [
    // A look is only begun by its message: more of them at once would only ask the queue more often.
    {
      strategy: new BullMqServer(queueBackend, {
        concurrency: { [PROVISIONING_COMMANDS]: 1 },
        // The questions are asked over the other transport.
        queues: [PROVISIONING_COMMANDS],
        sender: queues,
      }),
    },
    requestReply.serverOptions(),
  ];
  for (const transport of transports) {
    app.connectMicroservice(transport, {
      inheritAppConfig: false,
    });
  }
  await app.startAllMicroservices();
}
