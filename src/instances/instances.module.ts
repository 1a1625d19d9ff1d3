import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditTrailModule } from '../audit';
import { DefinitionsModule } from '../catalog';
import { AccessModule } from '../identity';
import { QuotasModule } from '../limits';
import { SecretsModule } from '../secrets';
import { SettingsModule } from '../settings';
import { InstanceLogs } from './access/instance-logs';
import { InstanceScopes } from './access/instance-scopes';
import { InstanceAnnouncer } from './announcing/instance-announcer';
import { CatalogInstances } from './catalog-instances';
import { AskInstanceHandler } from './commands/ask-instance.handler';
import { CreateInstanceHandler } from './commands/create-instance.handler';
import { RollBackInstanceHandler } from './commands/roll-back-instance.handler';
import { InstanceCreation } from './commands/instance-creation';
import { InstanceHoldings } from './commands/instance-holdings';
import { RunBulkHandler } from './commands/run-bulk.handler';
import { SpecPreparation } from './commands/spec-preparation';
import { UpdateInstanceHandler } from './commands/update-instance.handler';
import { InstanceRepository } from './domain/instance.repository';
import { InstancesFollowSettings } from './follow-settings';
import { Bundles } from './diagnosis/bundle';
import { Circuits } from './diagnosis/circuits';
import { Diagnostician } from './diagnosis/diagnostician';
import { ContainersController } from './http/containers.controller';
import { InstanceActivityController } from './http/instance-activity.controller';
import { DiagnosisController } from './http/diagnosis.controller';
import { InstanceActionsController } from './http/instance-actions.controller';
import { InstanceAnswers } from './http/instance-answers';
import { InstanceEnvironmentController } from './http/instance-environment.controller';
import { InstanceGenerationsController } from './http/instance-generations.controller';
import { InstanceInsightController } from './http/instance-insight.controller';
import { InstancesController } from './http/instances.controller';
import { OperationsController } from './http/operations.controller';
import { MaintenanceConsumer } from './maintenance/maintenance.consumer';
import { RestartUsers } from './maintenance/restart-users';
import { Retention } from './maintenance/retention';
import { RecoverySweep } from './maintenance/recovery-sweep';
import { InstanceSweep } from './maintenance/sweep';
import { QuotaGauge } from './persistence/quota-gauge';
import { SqlInstanceRepository } from './persistence/sql-instance.repository';
import { EndpointCheck } from './preflight/endpoint-check';
import { PreflightController } from './preflight/preflight.controller';
import { Preflight } from './preflight/preflight.service';
import { OperationRows } from './projections/operation-rows';
import { StatusConsumer } from './projections/status.consumer';
import { InstanceMetrics } from './projections/instance-metrics';
import { StatusProjector } from './projections/status.projector';
import { ReportedInstances } from './projections/reported-instances';
import { SecretReads } from './projections/secret-reads';
import { StatusRows } from './projections/status-rows';
import { InstanceActivities } from './queries/instance-activity';
import { InstanceGenerations } from './queries/instance-generations';
import { InstanceInsight } from './queries/instance-insight';
import { InstanceMetricsQuery } from './queries/instance-metrics';
import { InstanceQueries } from './queries/instance-queries';
import { LogTail } from './queries/log-tail';
import { OperationQueries } from './queries/operation-queries';
import { OperationWaiter } from './queries/operation-waiter';
import { RecordedLines } from './queries/recorded-lines';
import { UsageSamples } from './queries/usage-samples';

const COMMANDS = [
  CreateInstanceHandler,
  UpdateInstanceHandler,
  AskInstanceHandler,
  RunBulkHandler,
  RollBackInstanceHandler,
];
const QUERIES = [
  InstanceQueries,
  InstanceInsight,
  LogTail,
  OperationQueries,
  OperationWaiter,
  InstanceActivities,
  InstanceGenerations,
  InstanceMetricsQuery,
];
const DIAGNOSIS = [Bundles, Circuits, Diagnostician];

/**
 * What commands and readers need. The root provides the platform's parts, `InstancesOptions` and `EngineQuestions`, and
 * binds the catalogue's port to `CatalogInstances`.
 */
@Module({
  imports: [CqrsModule, DefinitionsModule, QuotasModule, SecretsModule, AccessModule],
  providers: [
    ...COMMANDS,
    ...QUERIES,
    InstanceAnnouncer,
    RecordedLines,
    UsageSamples,
    InstanceCreation,
    InstanceHoldings,
    InstanceLogs,
    InstanceScopes,
    SpecPreparation,
    QuotaGauge,
    ...DIAGNOSIS,
    EndpointCheck,
    Preflight,
    CatalogInstances,
    { provide: InstanceRepository, useClass: SqlInstanceRepository },
  ],
  exports: [...QUERIES, ...DIAGNOSIS, CatalogInstances, InstanceLogs, InstanceScopes, Preflight],
})
export class InstancesModule {}

@Module({
  imports: [AccessModule, CqrsModule, InstancesModule, SettingsModule],
  controllers: [
    // Before those with an :id in the same place.
    InstanceActivityController,
    InstancesController,
    InstanceActionsController,
    InstanceEnvironmentController,
    InstanceInsightController,
    DiagnosisController,
    InstanceGenerationsController,
    OperationsController,
    ContainersController,
    PreflightController,
  ],
  providers: [InstanceAnswers, InstancesFollowSettings],
  exports: [InstancesModule],
})
export class InstancesApiModule {}

@Module({
  imports: [AuditTrailModule, SecretsModule],
  providers: [
    InstanceAnnouncer,
    StatusRows,
    OperationRows,
    ReportedInstances,
    SecretReads,
    StatusProjector,
    InstanceMetrics,
    StatusConsumer,
    InstanceSweep,
    RecoverySweep,
    Retention,
    RestartUsers,
    QuotaGauge,
    { provide: InstanceRepository, useClass: SqlInstanceRepository },
    MaintenanceConsumer,
  ],
  exports: [StatusConsumer, MaintenanceConsumer, RecoverySweep, RestartUsers, StatusProjector],
})
export class InstancesWorkerModule {}
