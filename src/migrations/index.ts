import { type MigrationInterface } from 'typeorm';
/** One order for all contexts; a migration is never changed after it has landed. */
import { CreateEventLog20261101000100 } from './20261101000100-create-event-log';
import { CreateLeases20261101000200 } from './20261101000200-create-leases';
import { CreateAudit20261101000300 } from './20261101000300-create-audit';
import { CreateIdentity20261101000400 } from './20261101000400-create-identity';
import { CreateSecrets20261101000500 } from './20261101000500-create-secrets';
import { CreateCatalogue20261101000600 } from './20261101000600-create-catalogue';
import { CreateInstances20261101000700 } from './20261101000700-create-instances';
import { CreateOperations20261101000800 } from './20261101000800-create-operations';
import { CreateEndpoints20261101000900 } from './20261101000900-create-endpoints';
import { CreateProvisionerRole20261101001000 } from './20261101001000-create-provisioner-role';
import { LetAuditOutliveEvents20261101001100 } from './20261101001100-let-audit-outlive-events';
import { CountInstanceTickets20261101001200 } from './20261101001200-count-instance-tickets';
import { ShowDeletionsAtOnce20261101001300 } from './20261101001300-show-deletions-at-once';
import { RememberRepeatedRequests20261101001400 } from './20261101001400-remember-repeated-requests';
import { CreateMcpCalls20261101001500 } from './20261101001500-create-mcp-calls';
import { CreateWorkspaces20261101001600 } from './20261101001600-create-workspaces';
import { CreateUsersAndSessions20261101001700 } from './20261101001700-create-users-and-sessions';
import { CreateTrustedIssuers20261101001800 } from './20261101001800-create-trusted-issuers';
import { CreateLimits20261101001900 } from './20261101001900-create-limits';
import { KeepKeyring20261101002000 } from './20261101002000-keep-keyring';
import { SealAudit20261101002100 } from './20261101002100-seal-audit';
import { CreateAgents20261101002200 } from './20261101002200-create-agents';
import { CreateTasks20261101002300 } from './20261101002300-create-tasks';
import { CreatePipelines20261101002400 } from './20261101002400-create-pipelines';
import { KeepToolLists20261101002410 } from './20261101002410-keep-tool-lists';
import { CreatePipelineRuns20261101002500 } from './20261101002500-create-pipeline-runs';
import { CreateNotifications20261101002600 } from './20261101002600-create-notifications';
import { CreateRealtime20261101002700 } from './20261101002700-create-realtime';
import { CreateImports20261101002810 } from './20261101002810-create-imports';
import { ListRunsOfWorkspaces20261101002840 } from './20261101002840-list-runs-of-workspaces';
import { KeepHeartbeats20261101002830 } from './20261101002830-keep-heartbeats';
import { CreateOverview20261101002850 } from './20261101002850-create-overview';
import { LetKeysSignIn20261101002860 } from './20261101002860-let-keys-sign-in';
import { PinTools20261101002880 } from './20261101002880-pin-tools';
import { KeepContainersWhenScaling20261101002930 } from './20261101002930-keep-containers-when-scaling';
import { CreateRegistry20261101002960 } from './20261101002960-create-registry';
import { FindReruns20261101002984 } from './20261101002984-find-reruns';
import { LabelInstances20261101002988 } from './20261101002988-label-instances';

export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  CreateEventLog20261101000100,
  CreateLeases20261101000200,
  CreateAudit20261101000300,
  CreateIdentity20261101000400,
  CreateSecrets20261101000500,
  CreateCatalogue20261101000600,
  CreateInstances20261101000700,
  CreateOperations20261101000800,
  CreateEndpoints20261101000900,
  CreateProvisionerRole20261101001000,
  LetAuditOutliveEvents20261101001100,
  CountInstanceTickets20261101001200,
  ShowDeletionsAtOnce20261101001300,
  RememberRepeatedRequests20261101001400,
  CreateMcpCalls20261101001500,
  CreateWorkspaces20261101001600,
  CreateUsersAndSessions20261101001700,
  CreateTrustedIssuers20261101001800,
  CreateLimits20261101001900,
  KeepKeyring20261101002000,
  SealAudit20261101002100,
  CreateAgents20261101002200,
  CreateTasks20261101002300,
  CreatePipelines20261101002400,
  KeepToolLists20261101002410,
  CreatePipelineRuns20261101002500,
  CreateNotifications20261101002600,
  CreateRealtime20261101002700,
  ListRunsOfWorkspaces20261101002840,
  KeepHeartbeats20261101002830,
  CreateImports20261101002810,
  CreateOverview20261101002850,
  LetKeysSignIn20261101002860,
  PinTools20261101002880,
  KeepContainersWhenScaling20261101002930,
  CreateRegistry20261101002960,
  FindReruns20261101002984,
  LabelInstances20261101002988,
];
