import { Database, PgNotifications } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Inbox, PostgresPubSub, type PubSub, type QueueBackend, QueueSet, RedisPubSub } from '@app/queues';
import { type EgressPolicy, Keyring } from '@app/security';
import { accessLog, createLogger, ErrorReports, type Logger, Metrics, Scrubber } from '@app/telemetry';
import { Cursors } from '@app/http';
import { loadInstallationRoot, secretsOfSetting } from '../secrets';
import { egressPolicy } from './egress';
import { ensureInstallationId, spaceOf } from './installation-id';
import { VERSION } from './version';
import { OutboxNotice } from './outbox-notice';
import { type Role } from './role';
import { type Settings } from './settings';
import { startTracing, stopTracing } from './tracing';
import { waitForDatabase } from './wait-for-database';

/** The database role of a provisioner of its own: it may write no product table but its lease (migration 1001000). */
const PROVISIONER_DATABASE_ROLE = 'quayside_provisioner';
/** Everybody else's: it may not change or remove what the audit trail holds (migration 1002100). */
const APP_DATABASE_ROLE = 'quayside_app';
const POOL_SIZE = 20;
const PROVISIONER_POOL_SIZE = 5;

/** The parts that every role is built on, opened before Nest and closed after it. */
export interface Platform {
  readonly role: Role;
  readonly settings: Readonly<Settings>;
  readonly installationId: string;
  readonly logger: Logger;
  readonly scrubber: Scrubber;
  readonly metrics: Metrics;
  readonly keyring: Keyring;
  readonly database: Database;
  readonly queueBackend: QueueBackend;
  readonly queues: QueueSet;
  readonly pubsub: PubSub;
  readonly appender: EventAppender;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly egress: EgressPolicy;
  close(): Promise<void>;
}

/** Throws an InvalidKeyringError or a DatabaseUnavailableError in words for the log; nothing stays open then. */
export async function openPlatform(settings: Readonly<Settings>, role: Role): Promise<Platform> {
  const scrubber = new Scrubber();
  learnSettings(scrubber, settings);
  const reports = errorReports(settings);
  const logger = createLogger({
    ...{ level: settings.LOG_LEVEL, role, scrubber },
    onError: (line) => reports?.tell(line),
  });
  accessLog.open(logger);
  const metrics = new Metrics();
  const keyring = Keyring.fromSetting(settings.MASTER_KEY);
  const installationId = await waitForDatabase(() => ensureInstallationId(settings.DATABASE_URL));
  const database = await waitForDatabase(() => openDatabase(settings, role));
  // A provisioner may not read it, and has nothing that needs it.
  if (role !== 'provisioner') await waitForDatabase(() => loadInstallationRoot(database, keyring));
  const queueBackend = queueBackendOf(settings, installationId);
  const queues = new QueueSet(queueBackend);
  const pubsub = await openPubSub(settings, installationId);
  const notice = new OutboxNotice(pubsub, logger);
  const about = { version: VERSION, role, installationId, scrubber, metrics };
  const spans = await startTracing(settings, { ...about, log: logger.child({ context: 'Tracing' }) });
  return {
    role,
    settings,
    installationId,
    logger,
    scrubber,
    metrics,
    keyring,
    database,
    queueBackend,
    queues,
    pubsub,
    appender: new EventAppender(
      database,
      () => {
        notice.give();
      },
      scrubber,
    ),
    inbox: new Inbox(database),
    cursors: new Cursors(keyring),
    egress: egressPolicy(settings),
    close: async () => {
      await reports?.settle();
      await stopTracing(spans);
      await queues.close();
      await pubsub.close();
      await database.close();
    },
  };
}

function errorReports({
  SENTRY_DSN: dsn,
  NODE_ENV: environment,
}: Readonly<Settings>): ErrorReports | undefined {
  return dsn === undefined ? undefined : new ErrorReports({ dsn, environment, release: VERSION });
}

/** Our own secrets are scrubbed like everybody's. */
function learnSettings(
  scrubber: Scrubber,
  { MASTER_KEY, JWT_SECRET, API_KEY, DATABASE_URL, REDIS_URL, SMTP_URL, SECRET_PROVIDER }: Readonly<Settings>,
): void {
  const passwords = [DATABASE_URL, REDIS_URL, SMTP_URL].map((url) =>
    url === undefined ? '' : decodeURIComponent(new URL(url).password),
  );
  // A keyring is many keys, each of which is as secret as all of them.
  const keys = MASTER_KEY.split(/[\s,]+/).map((entry) => entry.slice(entry.indexOf(':') + 1));
  const secrets = [
    MASTER_KEY,
    ...keys,
    JWT_SECRET,
    API_KEY,
    ...passwords,
    ...secretsOfSetting(SECRET_PROVIDER),
  ];
  for (const secret of secrets) if (secret) scrubber.learn(secret);
}

function openDatabase({ DATABASE_URL }: Readonly<Settings>, role: Role): Promise<Database> {
  const isProvisioner = role === 'provisioner';
  return Database.open({
    url: DATABASE_URL,
    applicationName: `quayside-${role}`,
    poolSize: isProvisioner ? PROVISIONER_POOL_SIZE : POOL_SIZE,
    role: isProvisioner ? PROVISIONER_DATABASE_ROLE : APP_DATABASE_ROLE,
  });
}

function queueBackendOf(
  { REDIS_URL, DATABASE_URL }: Readonly<Settings>,
  installationId: string,
): QueueBackend {
  if (REDIS_URL === undefined) return { kind: 'postgres', url: DATABASE_URL };
  return { kind: 'redis', url: REDIS_URL, prefix: spaceOf(installationId) };
}

async function openPubSub(
  { REDIS_URL, DATABASE_URL }: Readonly<Settings>,
  installationId: string,
): Promise<PubSub> {
  if (REDIS_URL !== undefined) return new RedisPubSub(REDIS_URL, spaceOf(installationId));
  const notifications = new PgNotifications(DATABASE_URL);
  await notifications.start();
  return new PostgresPubSub(notifications);
}
