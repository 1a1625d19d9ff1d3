import { type HealthIndicator, HealthOptions } from '../observability';
import { isLoopback } from './egress';
import { type Platform } from './platform';
import { VERSION } from './version';

/** A gateway serves from memory while the database is away: a balancer that took it out would make the outage total. */
const databaseIndicator = ({ database, settings, role }: Platform): HealthIndicator => ({
  name: 'database',
  requiredFor: role === 'gateway' ? 'info' : 'ready',
  check: async () => {
    await database.ping();
    const [row] = await database.query<{ server_version: string }>('SHOW server_version');
    const mode = settings.QUAYSIDE_EMBEDDED_DATABASE ? 'embedded' : 'external';
    return { ok: true, detail: `PostgreSQL ${row?.server_version ?? ''} answers.`, mode };
  },
});

/** Never required: acknowledged work waits in the outbox while the queue is away. */
const queueIndicator = ({ queues }: Platform): HealthIndicator => ({
  name: 'queue',
  requiredFor: 'info',
  check: async () => {
    await queues.ping();
    const mode = await queues.describe();
    return { ok: true, detail: `Queues run on ${mode}.`, mode };
  },
});

function relaxations({ settings, database, egress }: Platform): readonly string[] {
  const said: string[] = [];
  if (egress.localMode) said.push('Local mode: url instances may name localhost and 127.0.0.1.');
  if (egress.allow.length > 0) said.push(`EGRESS_ALLOW opens ${egress.allow.join(', ')} to url instances.`);
  if (!isLoopback(settings.SERVER_HOST))
    said.push(`The server listens on ${settings.SERVER_HOST}, beyond loopback.`);
  if (!database.roleApplied)
    said.push('This process uses the database as its owner, who could also change the audit trail.');
  return said;
}

export function healthOptions(
  platform: Platform,
  more: readonly HealthIndicator[],
  engineMode: () => string,
): HealthOptions {
  const { queues, queueBackend, settings, role } = platform;
  let queueMode = queueBackend.kind === 'postgres' ? 'PostgreSQL' : 'Redis';
  return new HealthOptions(
    role,
    VERSION,
    [databaseIndicator(platform), queueIndicator(platform), ...more],
    async () => {
      // The last known words while Redis is away: the mode does not change with an outage.
      queueMode = await queues.describe().catch(() => queueMode);
      return {
        database: settings.QUAYSIDE_EMBEDDED_DATABASE ? 'embedded' : 'external',
        queue:
          settings.QUAYSIDE_EMBEDDED_DATABASE && queueBackend.kind === 'postgres'
            ? 'PostgreSQL (embedded)'
            : queueMode,
        engine: engineMode(),
      };
    },
    () => relaxations(platform),
  );
}
