import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Lead } from '@app/database';
import { OutboxRelay } from '@app/outbox';
import { AgentsApiModule, AgentsOptions, AgentsWorkerModule } from '../agents';
import { AuditModule, AuditSealerModule } from '../audit';
import { BUNDLED } from '../bundled';
import { CatalogModule, CatalogOptions } from '../catalog';
import { ExportsApiModule } from '../exports';
import { GatewayModule, GatewayOptions } from '../gateway';
import { ImportsApiModule } from '../imports';
import { CallersModule, IdentityApiModule, IdentityModule, IdentityOptions } from '../identity';
import {
  CatalogInstances,
  InstancesApiModule,
  instanceReactions,
  InstancesModule,
  InstancesOptions,
  InstancesWorkerModule,
} from '../instances';
import { LimitsApiModule, LimitsOptions, LimitsWorkerModule, RateLimitsModule } from '../limits';
import {
  NotificationsApiModule,
  notificationReactions,
  NotificationsOptions,
  NotificationsWorkerModule,
} from '../notifications';
import { HealthModule, MetricsModule, QueuesModule } from '../observability';
import {
  PipelinesApiModule,
  PipelinesGatewayModule,
  PipelinesOptions,
  PipelinesWorkerModule,
  pipelineReactions,
} from '../pipelines';
import { OverviewApiModule, OverviewWorkerModule } from '../overview';
import { ProvisionerModule } from '../provisioner';
import { RealtimeModule, RealtimeOptions } from '../realtime';
import { RegistryApiModule, RegistryOptions, RegistryWorkerModule } from '../registry';
import { SecretsApiModule, SecretsModule, SecretsOptions, SecretsWorkerModule } from '../secrets';
import { ConfigurationOptions, SettingsApiModule } from '../settings';
import {
  TaskAgentWork,
  taskReactions,
  TasksApiModule,
  TasksModule,
  TasksOptions,
  TasksWorkerModule,
} from '../tasks';
import { AuditHealthCheck } from './audit-health';
import { diskIndicator } from './disk-health';
import { EngineHealthCheck } from './engine-health';
import { dataFolder, engineMode, provisionerOptions } from './engines';
import { healthOptions } from './health';
import { spaceOf } from './installation-id';
import { issuerSettings } from './issuer-settings';
import { mailSettings } from './mail-settings';
import { type Platform } from './platform';
import { PlatformModule } from './platform.module';
import { publicUrl, publicUrls } from './public-url';
import { RateLimitHealthCheck } from './rate-limit-health';
import { RelayService, relayIndicator } from './relay.service';
import { type RequestReply } from './request-reply';
import { GatewayCircuits } from './gateway-circuits';
import { includes } from './role';
import { SecretProviderHealthCheck } from './secret-provider-health';
import { effectiveSettings } from './effective-settings';
import { ownSettingNames } from './own-settings';
import { VERSION } from './version';
import { WorkerGauges } from './worker-gauges';

type Imports = (DynamicModule | Type)[];

/** The longest that a value of a secret stays in memory. */
const SECRET_CACHE_TTL_MS = 60_000;

/** Only the root knows both sides of the catalogue's port. */
const CATALOG = CatalogModule.with({ module: InstancesModule, adapter: CatalogInstances });
/** And both sides of the registry's. */
const WORK = { module: TasksModule, adapter: TaskAgentWork };
const AGENTS = AgentsApiModule.with(WORK);
const AGENTS_WATCHED = AgentsWorkerModule.with(WORK);

@Module({})
class RootModule {}

/** The modules of a role. A function and not five classes: the roles differ in what they hold, not in how it is held. */
export function rootModule(platform: Platform, requestReply: RequestReply): DynamicModule {
  const lead = new Lead(platform.database, { name: 'worker' });
  const relay = includes(platform.role, 'worker') ? newRelay(platform, lead) : undefined;
  const imports: Imports = [
    PlatformModule.with(platform, [...optionsOf(platform, requestReply, relay), lead]),
    IdentityModule,
    ...(servesCallers(platform.role) ? [CallersModule] : []),
    HealthModule,
    RateLimitsModule,
    ...(platform.settings.METRICS_ENABLED ? [MetricsModule] : []),
    ...contextsOf(platform),
  ];
  const providers = [
    RateLimitHealthCheck,
    ...(relay === undefined ? [] : [RelayService, AuditHealthCheck, WorkerGauges]),
    ...(speaksOfEngine(platform.role) ? [EngineHealthCheck] : []),
    ...(tellsCircuits(platform.role) ? [GatewayCircuits] : []),
    ...(readsSecrets(platform.role) ? [SecretProviderHealthCheck] : []),
  ];
  return { module: RootModule, imports, providers };
}

const speaksOfEngine = (role: Platform['role']): boolean =>
  includes(role, 'api') || includes(role, 'provisioner');

const tellsCircuits = (role: Platform['role']): boolean => includes(role, 'api') && includes(role, 'gateway');

/** A provisioner's database role may not even read what was granted. */
const servesCallers = (role: Platform['role']): boolean => role !== 'provisioner';

/** The worker alone opens none. */
const readsSecrets = (role: Platform['role']): boolean => role !== 'worker';

function contextsOf({ role }: Platform): Imports {
  return [
    ...(includes(role, 'api')
      ? [
          AuditModule,
          CATALOG,
          InstancesApiModule,
          ImportsApiModule,
          ExportsApiModule,
          SecretsApiModule,
          SettingsApiModule,
          IdentityApiModule,
          LimitsApiModule,
          AGENTS,
          TasksApiModule,
          PipelinesApiModule,
          NotificationsApiModule,
          OverviewApiModule,
          RegistryApiModule,
          RealtimeModule,
          QueuesModule,
        ]
      : []),
    ...(readsSecrets(role) ? [SecretsModule] : []),
    ...(includes(role, 'gateway') ? [GatewayModule, PipelinesGatewayModule] : []),
    ...(includes(role, 'worker')
      ? [
          AuditSealerModule,
          InstancesWorkerModule,
          LimitsWorkerModule,
          SecretsWorkerModule,
          AGENTS_WATCHED,
          TasksWorkerModule,
          PipelinesWorkerModule,
          NotificationsWorkerModule,
          OverviewWorkerModule,
          RegistryWorkerModule,
        ]
      : []),
    ...(includes(role, 'provisioner') ? [ProvisionerModule] : []),
  ];
}

const newRelay = ({ database: db, queues, pubsub, logger }: Platform, lead: Lead): OutboxRelay =>
  new OutboxRelay({
    db,
    lead,
    queues,
    pubsub,
    reactions: [...instanceReactions, ...notificationReactions, ...taskReactions, ...pipelineReactions],
    log: logger.child({ context: 'OutboxRelay' }),
  });

/** One instance of each class that a context asks its root for. */
function optionsOf(platform: Platform, requestReply: RequestReply, relay: OutboxRelay | undefined): object[] {
  const { settings, role, installationId } = platform;
  const url = publicUrl(settings);
  const mail = mailSettings(settings.SMTP_URL);
  return [
    requestReply,
    new IdentityOptions(settings.API_KEY, undefined, publicUrls(settings)),
    issuerSettings(settings, role),
    new LimitsOptions(settings.REDIS_URL, spaceOf(installationId)),
    new SecretsOptions(process.env, ownSettingNames(), SECRET_CACHE_TTL_MS, settings.SECRET_PROVIDER),
    new ConfigurationOptions(effectiveSettings(settings, process.env, platform.scrubber)),
    new CatalogOptions(BUNDLED),
    new InstancesOptions({ bundled: BUNDLED, publicUrl: url }),
    new GatewayOptions(url),
    new AgentsOptions(settings.MAX_AGENTS, url),
    new PipelinesOptions(url, VERSION),
    new TasksOptions(settings.MAX_CONCURRENT_TASKS, settings.TASK_TIMEOUT, url),
    new NotificationsOptions(mail.smtpUrl, mail.sender, url, installationId),
    new RealtimeOptions(installationId, url),
    healthOptions(
      platform,
      [
        ...(relay === undefined ? [] : [relayIndicator(relay)]),
        ...(includes(role, 'provisioner') ? [diskIndicator(dataFolder(settings))] : []),
      ],
      () => engineMode(settings),
    ),
    new RegistryOptions(url),
    ...(includes(role, 'provisioner') ? [provisionerOptions(platform)] : []),
    ...(relay === undefined ? [] : [relay]),
  ];
}
