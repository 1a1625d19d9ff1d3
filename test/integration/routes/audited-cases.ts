import { randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { type Case, type Made } from './audited-case';
import { AGENT_CASES } from './audited-agents';
import { IMPORT_CASES } from './audited-imports';
import { ENDPOINT_REGISTRY_CASES, REGISTRY_CASES } from './audited-registry';
import { NOTIFICATION_CASES } from './audited-notifications';
import { PEOPLE_CASES } from './audited-people';
import { RUN_CASES } from './audited-runs';
import { TASK_CASES } from './audited-tasks';

/** Their method is POST because a question has a body; they change nothing. */
export const READS_ONLY: ReadonlySet<string> = new Set([
  'diagnoseInstance',
  'checkInstance',
  // A plan is its maker's own sheet of paper; what it becomes has rows.
  'planImport',
  'planManifest',
  'readResource',
  'getPrompt',
  'validatePipeline',
  'validatePipelineChange',
  'matchTask',
]);

/** They end or change the caller's own sign-in, which the key of these tests is none: `test/integration/identity` has them. */
export const OF_A_SESSION: ReadonlySet<string> = new Set([
  'signOut',
  'endSession',
  'endOwnSession',
  'changeOwnPassword',
]);

/** They begin, decide or repeat something: what they are about is what they name, and there was nothing before. */
export const NOTHING_BEFORE: ReadonlySet<string> = new Set([
  ...['callTool', 'createSocketTicket', 'createAdminLink', 'rotateKey', 'deleteSecret'],
  ...['rotateWebhookSecret', 'rotateRunSecret', 'redeliverNotification', 'commitImport', 'undoImport'],
  'refreshRegistry',
  ...['executePipeline', 'approveStage', 'rejectStage', 'rerunRun', 'cancelRun'],
  ...['submitTask', 'submitTasks', 'cancelTask', 'retryTask', 'retryDeadLetters'],
]);

const API = '/api/v1/mcp';
const server = (made: Made): string => `${API}/servers/${made.get('registerServer') ?? ''}`;
const instance = (made: Made): string => `${API}/instances/${made.get('createInstance') ?? ''}`;
const pipeline = (made: Made): string => `/api/v1/pipelines/${made.get('createPipeline') ?? ''}`;

async function liveServer(db: Database, made: Made): Promise<void> {
  const id = randomUUID();
  const upstream = {
    kind: 'http',
    urls: [made.get('upstream')],
    transport: 'streamable-http',
    remote: false,
  };
  await db.execute(
    `INSERT INTO instances (id, name, json_spec, desired_state, generation)
     VALUES ($1, 'live', '{"type": "stdio", "command": "everything"}', 'running', 1)`,
    [id],
  );
  await db.execute(
    `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream)
     VALUES ($1, 1, 1, 'running', 'As the test wants it.', now(), now(), $2::jsonb)`,
    [id, JSON.stringify(upstream)],
  );
}

/** In this order: later ones use what earlier ones made. */
export const CASES: readonly Case[] = [
  {
    operation: 'registerServer',
    body: () => ({ name: 'audited', docker_image_url: 'example/audited:1' }),
    action: 'mcp.server.registered',
  },
  {
    operation: 'updateServer',
    path: server,
    body: () => ({ description: 'Changed.' }),
    action: 'mcp.server.updated',
  },
  {
    operation: 'createInstance',
    body: () => ({ name: 'audited', json_spec: { type: 'docker', image: 'example/audited:1' } }),
    action: 'mcp.instance.create.requested',
  },
  {
    operation: 'updateInstance',
    path: instance,
    body: () => ({ description: 'Changed.' }),
    action: 'mcp.instance.update.requested',
  },
  {
    operation: 'setInstanceEnvironment',
    path: (made) => `${instance(made)}/environment`,
    body: () => ({ LEVEL: 'high' }),
    action: 'mcp.instance.update.requested',
  },
  {
    operation: 'setToolPinning',
    path: (made) => `${API}/tools/pins/${made.get('createInstance') ?? ''}`,
    body: () => ({ enabled: true }),
    action: 'mcp.tool.pinning.changed',
  },
  {
    operation: 'approveTool',
    prepare: (db, made) =>
      db
        .execute(
          `INSERT INTO tool_pin (instance_id, tool, sha256, definition, approved_by, changed_sha256, changed_definition, changed_at)
           VALUES ($1, 'read', $2, '{}', 'somebody', $3, '{}', now())`,
          [made.get('createInstance'), 'a'.repeat(64), 'b'.repeat(64)],
        )
        .then(() => undefined),
    path: (made) => `${API}/tools/pins/${made.get('createInstance') ?? ''}/approve`,
    body: () => ({ tool: 'read', sha256: 'b'.repeat(64) }),
    action: 'mcp.tool.approved',
  },
  {
    operation: 'restartInstance',
    path: (made) => `${instance(made)}/restart`,
    action: 'mcp.instance.restart.requested',
  },
  {
    operation: 'rollBackInstance',
    path: (made) => `${instance(made)}/rollback`,
    body: () => ({ generation: 1 }),
    action: 'mcp.instance.update.requested',
  },
  {
    operation: 'stopInstance',
    path: (made) => `${instance(made)}/stop`,
    action: 'mcp.instance.stop.requested',
  },
  {
    operation: 'startInstance',
    path: (made) => `${instance(made)}/start`,
    action: 'mcp.instance.start.requested',
  },
  ...REGISTRY_CASES,
  {
    operation: 'runBulk',
    body: (made) => ({ operations: [{ op: 'stop', id: made.get('createInstance') }] }),
    action: 'mcp.instance.stop.requested',
  },
  { operation: 'deleteInstance', path: instance, action: 'mcp.instance.delete.requested' },
  { operation: 'deleteServer', path: server, action: 'mcp.server.deleted' },
  {
    operation: 'createContainer',
    body: () => ({ service_name: 'boxed', template: 'echo' }),
    action: 'mcp.instance.create.requested',
  },
  {
    operation: 'deleteContainer',
    path: () => `${API}/containers/boxed`,
    action: 'mcp.instance.delete.requested',
  },
  ...IMPORT_CASES,
  {
    operation: 'putSecret',
    path: () => '/api/v1/secrets/shared/AUDITED',
    body: () => ({ value: 'a value that nobody guesses' }),
    action: 'secret.stored',
  },
  { operation: 'deleteSecret', path: () => '/api/v1/secrets/shared/AUDITED', action: 'secret.deleted' },
  {
    operation: 'callTool',
    prepare: liveServer,
    body: () => ({ server_name: 'live', tool_name: 'echo', arguments: { message: 'hello' } }),
    action: 'mcp.tool.called',
  },
  {
    operation: 'createEndpoint',
    body: () => ({ name: 'audited', instances: ['live'] }),
    action: 'mcp.endpoint.created',
  },
  {
    operation: 'updateEndpoint',
    path: () => `${API}/endpoints/audited`,
    body: () => ({ description: 'Changed.' }),
    action: 'mcp.endpoint.updated',
  },
  ...ENDPOINT_REGISTRY_CASES,
  {
    operation: 'putGrants',
    path: () => '/api/v1/grants/endpoints/audited',
    body: () => ({ grants: [{ subject_kind: 'role', subject: 'developer', permissions: ['tools:read'] }] }),
    action: 'identity.grants.changed',
  },
  {
    operation: 'deleteGrants',
    path: () => '/api/v1/grants/endpoints/audited',
    action: 'identity.grants.changed',
  },
  { operation: 'deleteEndpoint', path: () => `${API}/endpoints/audited`, action: 'mcp.endpoint.deleted' },
  { operation: 'rotateKey', action: 'secret.rotation.requested' },
  {
    operation: 'createIssuer',
    body: () => ({
      name: 'audited',
      issuer: 'https://audited.example.com',
      algorithms: ['HS256'],
      audiences: ['quayside'],
      secret: 'a text of more than 32 characters for the test',
    }),
    action: 'identity.issuer.created',
  },
  {
    operation: 'updateIssuer',
    path: (made) => `/api/v1/issuers/${made.get('createIssuer') ?? ''}`,
    body: () => ({ audiences: ['changed'] }),
    action: 'identity.issuer.updated',
  },
  {
    operation: 'deleteIssuer',
    path: (made) => `/api/v1/issuers/${made.get('createIssuer') ?? ''}`,
    action: 'identity.issuer.deleted',
  },
  {
    operation: 'createWorkspace',
    body: () => ({ name: 'audited' }),
    action: 'identity.workspace.created',
  },
  {
    operation: 'updateWorkspace',
    path: (made) => `/api/v1/workspaces/${made.get('createWorkspace') ?? ''}`,
    body: () => ({ description: 'Changed.' }),
    action: 'identity.workspace.updated',
  },
  {
    operation: 'deleteWorkspace',
    path: (made) => `/api/v1/workspaces/${made.get('createWorkspace') ?? ''}`,
    action: 'identity.workspace.deleted',
  },
  ...PEOPLE_CASES,
  {
    operation: 'putSetting',
    path: () => '/api/v1/settings/audit_retention_days',
    body: () => ({ value: 400 }),
    action: 'settings.changed',
  },
  {
    operation: 'resetSetting',
    path: () => '/api/v1/settings/audit_retention_days',
    action: 'settings.changed',
  },
  {
    operation: 'putQuota',
    path: () => '/api/v1/quotas/key/bootstrap',
    body: () => ({ limits: { tasks_per_day: 1_000 } }),
    action: 'limits.quota.changed',
  },
  {
    operation: 'resetQuota',
    path: () => '/api/v1/quotas/key/bootstrap',
    action: 'limits.quota.changed',
  },
  ...NOTIFICATION_CASES,
  {
    operation: 'createPipeline',
    body: () => ({ name: 'audited', stages: [{ name: 'only', type: 'analysis' }] }),
    action: 'pipeline.created',
  },
  {
    operation: 'replacePipeline',
    path: pipeline,
    body: () => ({ name: 'audited', stages: [{ name: 'other', type: 'analysis' }] }),
    action: 'pipeline.updated',
  },
  ...RUN_CASES,
  ...TASK_CASES,
  ...AGENT_CASES,
  {
    operation: 'createSchedule',
    path: (made) => `${pipeline(made)}/schedules`,
    body: () => ({ cron: '0 2 * * *' }),
    action: 'pipeline.schedule.created',
  },
  {
    operation: 'updateSchedule',
    path: (made) => `${pipeline(made)}/schedules/${made.get('createSchedule') ?? ''}`,
    body: () => ({ cron: '0 3 * * *', enabled: false }),
    action: 'pipeline.schedule.updated',
  },
  {
    operation: 'deleteSchedule',
    path: (made) => `${pipeline(made)}/schedules/${made.get('createSchedule') ?? ''}`,
    action: 'pipeline.schedule.deleted',
  },
  { operation: 'deletePipeline', path: pipeline, action: 'pipeline.deleted' },
];
