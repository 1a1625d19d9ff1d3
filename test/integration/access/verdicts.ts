/** What was made before anybody asks. */
export interface Fixture {
  readonly instance: string;
  readonly definition: string;
  readonly operation: string;
  readonly key: string;
  readonly user: string;
  readonly issuer: string;
  readonly workspace: string;
  readonly pipeline: string;
  readonly run: string;
  readonly schedule: string;
  readonly webhook: string;
  readonly recipient: string;
  /** It is cancelled already: whatever is asked of it changes nothing. */
  readonly task: string;
}

export interface Ask {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: object;
}

type Holder = 'viewer' | 'developer' | 'operator' | 'admin' | 'agent';

export interface Row {
  /** Open to everybody; nothing else of the row is looked at then but `status`. */
  readonly isPublic?: true;
  /** Who may; everybody else is answered 403. */
  readonly held: readonly Holder[];
  /** The answer to those who may: the question is put so that it changes nothing. */
  readonly status: number;
  /** The answer to the administrator of another workspace, who may ask the same of what is its own. */
  readonly elsewhere: number;
  /** The answer to those who may do it with what is their own only: all but administrators. */
  readonly own?: number;
  readonly ask?: (fixture: Fixture) => Ask;
}

const EVERYBODY: readonly Holder[] = ['viewer', 'developer', 'operator', 'admin', 'agent'];
const READERS: readonly Holder[] = ['viewer', 'developer', 'operator', 'admin'];
const MAKERS: readonly Holder[] = ['developer', 'operator', 'admin'];
const CALLERS: readonly Holder[] = ['developer', 'operator', 'admin', 'agent'];
const OPERATORS: readonly Holder[] = ['operator', 'admin'];
const ADMINS: readonly Holder[] = ['admin'];
/** Who says how tasks go. */
const WORKERS: readonly Holder[] = ['admin', 'agent'];

const row = (held: readonly Holder[], status: number, elsewhere: number, ask?: Row['ask']): Row => ({
  ...{ held, status, elsewhere },
  ...(ask === undefined ? {} : { ask }),
});
const open = (status: number, ask?: Row['ask']): Row => ({ ...row([], status, status, ask), isPublic: true });

const body = (content: object) => (): Ask => ({ body: content });
const NOTHING = body({});
const instance = ({ instance: id }: Fixture): Ask => ({ path: { id } });
const changedInstance = (fixture: Fixture): Ask => ({ ...instance(fixture), body: {} });
const definition = ({ definition: id }: Fixture): Ask => ({ path: { id } });
const nobodysImport = (): Ask => ({ path: { id: '00000000-0000-4000-8000-00000000dead' } });
const endpoint = (): Ask => ({ path: { name: 'guarded' } });
const secret = (): Ask => ({ path: { scope: 'shared', name: 'GUARDED' } });
const grants = (): Ask => ({ path: { type: 'instances', resource: 'guarded' } });
const PIPELINE = { name: 'guarded', stages: [{ name: 'only', type: 'analysis' }] };
const pipeline = ({ pipeline: id }: Fixture): Ask => ({ path: { id } });
const run = ({ run: id }: Fixture): Ask => ({ path: { id } });
const changedRun = (f: Fixture): Ask => ({ ...run(f), body: {} });
const runStage = ({ run: id }: Fixture): Ask => ({ path: { id, stage: '0' } });
const schedule = ({ pipeline: id, schedule: one }: Fixture): Ask => ({ path: { id, schedule: one } });
const agent = (): Ask => ({ path: { id: 'guarded' } });
const task = ({ task: id }: Fixture): Ask => ({ path: { id } });
const said =
  (content: object) =>
  (fixture: Fixture): Ask => ({
    ...task(fixture),
    body: { lease_token: 'lt_1.none', ...content },
  });
const taskLimit = (): Ask => ({ path: { kind: 'type', name: 'guarded' } });
const quota = (): Ask => ({ path: { scope: 'workspace', id: '00000000-0000-4000-8000-000000000001' } });

const [READ, UNKNOWN] = [row(EVERYBODY, 200, 200), row(EVERYBODY, 404, 404)];
const NOT_MADE = row(MAKERS, 404, 404);

/**
 * One row for each operation of the document. Whoever adds an operation adds its row: who holds it, what they are answered,
 * and what the administrator of another workspace is answered who names the same ids.
 */
export const VERDICTS: Readonly<Record<string, Row>> = {
  // Open to everybody.
  ...{ getControlPlaneCard: open(200), getHealth: open(200) },
  getLiveness: open(200),
  getReadiness: open(200),
  getStartup: open(200),
  issueToken: open(422, NOTHING),
  refreshToken: open(422, NOTHING),
  startSession: open(422, NOTHING),
  getSession: open(200),
  createFirstAdmin: open(422, NOTHING),
  listSignInIssuers: open(200),
  startOidcSignIn: open(404, () => ({ path: { issuer: 'nobody' } })),
  finishOidcSignIn: open(404, () => ({ path: { issuer: 'nobody' }, query: 'code=a&state=b' })),

  // One's own.
  getMe: row(EVERYBODY, 200, 200),
  getMyPermissions: row(EVERYBODY, 200, 200, () => ({ query: 'explain=tools:call' })),
  changeOwnPassword: row(EVERYBODY, 422, 422, NOTHING),
  signOut: row(EVERYBODY, 204, 204),
  endSession: row(EVERYBODY, 204, 204),
  createSocketTicket: row(EVERYBODY, 201, 201),
  listOwnSessions: row(EVERYBODY, 200, 200),
  endOwnSession: row(EVERYBODY, 404, 404),
  listSavedViews: row(EVERYBODY, 200, 200),
  putSavedView: row(EVERYBODY, 422, 422, NOTHING),
  removeSavedView: row(EVERYBODY, 204, 204),
  // A question that cannot be answered: the answer to a good one does not end.
  streamEvents: row(EVERYBODY, 400, 400, () => ({ query: 'topics=nothing' })),

  // The catalogue.
  listServers: row(EVERYBODY, 200, 200),
  getServer: row(EVERYBODY, 200, 404, definition),
  registerServer: row(MAKERS, 422, 422, NOTHING),
  updateServer: row(MAKERS, 412, 404, (f) => ({ ...definition(f), body: { description: 'Changed.' } })),
  deleteServer: row(OPERATORS, 412, 404, definition),
  listTemplates: row(EVERYBODY, 200, 200),
  getServersStatus: row(EVERYBODY, 200, 200),

  // The registry, in both directions.
  ...{ listPublishedServers: READ, getRegistry: READ, listRegistryEntries: READ },
  ...{ listPublishedVersions: UNKNOWN, getPublishedVersion: UNKNOWN, getRegistryEntry: UNKNOWN },
  ...{ publishInstance: NOT_MADE, withdrawInstance: NOT_MADE, publishEndpoint: NOT_MADE },
  withdrawEndpoint: row(MAKERS, 204, 404, endpoint),
  getServerJson: row(EVERYBODY, 200, 404, definition),
  refreshRegistry: row(MAKERS, 409, 409),

  // Imports: each one's maker is its only reader.
  planImport: row(MAKERS, 201, 201, body({ content: 'example/guarded:1' })),
  listImports: row(MAKERS, 200, 200),
  getImport: row(MAKERS, 404, 404, nobodysImport),
  commitImport: row(MAKERS, 404, 404, () => ({ ...nobodysImport(), body: {} })),
  exportEverything: row(OPERATORS, 200, 403),
  planManifest: row(OPERATORS, 200, 403, body({ content: 'quayside: v1' })),
  undoImport: row(MAKERS, 404, 404, nobodysImport),

  // Instances.
  listInstances: row(EVERYBODY, 200, 200),
  createInstance: row(MAKERS, 422, 422, NOTHING),
  getInstance: row(EVERYBODY, 200, 404, instance),
  updateInstance: row(MAKERS, 412, 404, (f) => ({ ...instance(f), body: { description: 'Changed.' } })),
  deleteInstance: row(MAKERS, 412, 404, instance),
  startInstance: row(MAKERS, 202, 404, instance),
  stopInstance: row(MAKERS, 202, 404, instance),
  restartInstance: row(MAKERS, 202, 404, instance),
  runBulk: row(EVERYBODY, 200, 200, ({ instance: id }) => ({ body: { operations: [{ op: 'start', id }] } })),
  checkInstance: row(
    MAKERS,
    200,
    200,
    body({ name: 'checked', json_spec: { type: 'docker', image: 'example/checked:1' } }),
  ),
  diagnoseInstance: row(EVERYBODY, 200, 404, instance),
  listInstanceEvents: row(EVERYBODY, 200, 404, instance),
  getInstanceBundle: row(EVERYBODY, 200, 404, instance),
  getInstanceLogs: row(EVERYBODY, 503, 404, instance),
  getInstanceActivity: row(EVERYBODY, 200, 200, ({ instance: id }) => ({ query: `ids=${id}` })),
  getInstanceMetrics: row(EVERYBODY, 200, 404, instance),
  listInstanceGenerations: row(EVERYBODY, 200, 404, instance),
  rollBackInstance: row(MAKERS, 404, 404, (f) => ({ ...instance(f), body: { generation: 999 } })),
  getInstanceStats: row(EVERYBODY, 503, 404, instance),
  getToolPins: row(EVERYBODY, 200, 404, instance),
  setToolPinning: row(MAKERS, 200, 404, (f) => ({ ...instance(f), body: { enabled: false } })),
  approveTool: row(MAKERS, 409, 404, (f) => ({
    ...instance(f),
    body: { tool: 'none', sha256: '0'.repeat(64) },
  })),
  getInstanceEnvironment: row(EVERYBODY, 200, 404, instance),
  setInstanceEnvironment: row(MAKERS, 200, 404, changedInstance),
  getOperation: row(READERS, 200, 404, ({ operation: id }) => ({ path: { id } })),
  createContainer: row(MAKERS, 422, 422, NOTHING),
  getContainer: row(READERS, 200, 404, () => ({ path: { service: 'guarded' } })),
  deleteContainer: row(MAKERS, 404, 404, () => ({ path: { service: 'nobody' } })),

  // Tools and endpoints.
  listTools: row(EVERYBODY, 200, 404, () => ({ query: 'server_name=guarded' })),
  callTool: row(CALLERS, 503, 404, body({ server_name: 'guarded', tool_name: 'echo', arguments: {} })),
  listResources: row(CALLERS, 200, 404, () => ({ query: 'server_name=guarded' })),
  listResourceTemplates: row(CALLERS, 200, 404, () => ({ query: 'server_name=guarded' })),
  readResource: row(CALLERS, 503, 404, body({ server_name: 'guarded', uri: 'file:///a' })),
  listPrompts: row(EVERYBODY, 200, 404, () => ({ query: 'server_name=guarded' })),
  getPrompt: row(EVERYBODY, 503, 404, body({ server_name: 'guarded', prompt_name: 'hello' })),
  listEndpoints: row(EVERYBODY, 200, 200),
  createEndpoint: row(MAKERS, 422, 422, NOTHING),
  getEndpoint: row(EVERYBODY, 200, 404, endpoint),
  updateEndpoint: row(MAKERS, 412, 404, () => ({ ...endpoint(), body: { description: 'Changed.' } })),
  deleteEndpoint: row(MAKERS, 412, 404, endpoint),
  getConnection: row(EVERYBODY, 200, 404, () => ({ query: 'target=endpoint:guarded&client=cursor' })),
  listClients: row(EVERYBODY, 200, 200),
  listSeenClients: row(EVERYBODY, 200, 200),

  // Secrets.
  listSecrets: row(MAKERS, 200, 200),
  getSecret: row(MAKERS, 200, 404, secret),
  putSecret: row(MAKERS, 422, 422, () => ({ ...secret(), body: {} })),
  deleteSecret: row(OPERATORS, 409, 404, secret),
  getKeyring: row(ADMINS, 200, 403),
  // It takes no body; asked again, it is the same rotation.
  rotateKey: row(ADMINS, 202, 403),

  // Who may do what.
  listRoles: row(READERS, 200, 200),
  createApiKey: row(READERS, 422, 422, NOTHING),
  listApiKeys: row(READERS, 200, 200),
  getApiKey: { ...row(READERS, 200, 404, ({ key: id }) => ({ path: { id } })), own: 404 },
  updateApiKey: {
    ...row(READERS, 412, 404, ({ key: id }) => ({ path: { id }, body: { name: 'changed' } })),
    own: 404,
  },
  revokeApiKey: { ...row(READERS, 412, 404, ({ key: id }) => ({ path: { id } })), own: 404 },
  createAdminLink: row(ADMINS, 201, 403),
  createUser: row(ADMINS, 422, 403, NOTHING),
  listUsers: row(ADMINS, 200, 403),
  getUser: row(ADMINS, 200, 403, ({ user: id }) => ({ path: { id } })),
  updateUser: row(ADMINS, 412, 403, ({ user: id }) => ({ path: { id }, body: { display_name: 'Changed' } })),
  deleteUser: row(ADMINS, 412, 403, ({ user: id }) => ({ path: { id } })),
  createIssuer: row(ADMINS, 422, 403, NOTHING),
  getUserPermissions: row(ADMINS, 200, 403, ({ user: id }) => ({ path: { id } })),
  listIssuers: row(ADMINS, 200, 403),
  getIssuer: row(ADMINS, 200, 403, ({ issuer: id }) => ({ path: { id } })),
  updateIssuer: row(ADMINS, 412, 403, ({ issuer: id }) => ({
    path: { id },
    body: { default_role: 'viewer' },
  })),
  deleteIssuer: row(ADMINS, 412, 403, ({ issuer: id }) => ({ path: { id } })),
  createWorkspace: row(ADMINS, 422, 403, NOTHING),
  listWorkspaces: row(ADMINS, 200, 403),
  getWorkspace: row(ADMINS, 200, 403, ({ workspace: id }) => ({ path: { id } })),
  updateWorkspace: row(ADMINS, 412, 403, ({ workspace: id }) => ({
    path: { id },
    body: { description: 'C.' },
  })),
  deleteWorkspace: row(ADMINS, 412, 403, ({ workspace: id }) => ({ path: { id } })),
  listGrants: row(ADMINS, 200, 404, () => ({ query: 'resource=instances:guarded' })),
  putGrants: row(ADMINS, 200, 404, () => ({ ...grants(), body: { grants: [] } })),
  deleteGrants: row(ADMINS, 204, 404, grants),

  // Pipelines.
  createPipeline: row(MAKERS, 422, 422, NOTHING),
  listPipelines: row(READERS, 200, 200),
  getPipeline: row(READERS, 200, 404, pipeline),
  replacePipeline: row(MAKERS, 428, 428, (f) => ({ ...pipeline(f), body: PIPELINE })),
  deletePipeline: row(MAKERS, 412, 404, pipeline),
  listPipelineVersions: row(READERS, 200, 404, pipeline),
  getPipelineVersion: row(READERS, 200, 404, ({ pipeline: id }) => ({ path: { id, version: '1' } })),
  listPipelineTemplates: row(READERS, 200, 200),
  validatePipeline: row(READERS, 200, 200, body(PIPELINE)),
  validatePipelineChange: row(READERS, 200, 404, (f) => ({ ...pipeline(f), body: PIPELINE })),
  createSchedule: row(MAKERS, 422, 404, (f) => ({ ...pipeline(f), body: { cron: 'never' } })),
  listSchedules: row(READERS, 200, 404, pipeline),
  getSchedule: row(READERS, 200, 404, schedule),
  updateSchedule: row(MAKERS, 422, 404, (f) => ({ ...schedule(f), body: { cron: 'never' } })),
  deleteSchedule: row(MAKERS, 404, 404, ({ pipeline: id }) => ({ path: { id, schedule: 'nobody' } })),

  // Runs.
  executePipeline: row(MAKERS, 404, 404, (f) => ({ ...pipeline(f), body: { version: 999 } })),
  listPipelineRuns: row(READERS, 200, 404, pipeline),
  listRuns: row(READERS, 200, 200),
  getRun: row(READERS, 200, 404, run),
  getRunStage: row(READERS, 200, 404, runStage),
  compareRuns: row(READERS, 200, 404, ({ run: id }) => ({ path: { id, other: id } })),
  // It was cancelled before: asked again it is the same cancel.
  cancelRun: row(MAKERS, 202, 404, changedRun),
  rerunRun: row(MAKERS, 404, 404, (f) => ({ ...run(f), body: { from_stage: 'nothing-like-it' } })),
  approveStage: row(MAKERS, 409, 404, (f) => ({ ...runStage(f), body: {} })),
  rejectStage: row(MAKERS, 409, 404, (f) => ({ ...runStage(f), body: {} })),

  // Notifications.
  createWebhook: row(OPERATORS, 422, 422, NOTHING),
  listWebhooks: row(MAKERS, 200, 200),
  getWebhook: row(MAKERS, 200, 404, ({ webhook: id }) => ({ path: { id } })),
  updateWebhook: row(OPERATORS, 412, 404, ({ webhook: id }) => ({
    path: { id },
    body: { description: 'C.' },
  })),
  deleteWebhook: row(OPERATORS, 412, 404, ({ webhook: id }) => ({ path: { id } })),
  // These take no body: each time there is a new secret.
  rotateWebhookSecret: row(OPERATORS, 200, 404, ({ webhook: id }) => ({ path: { id } })),
  rotateRunSecret: row(OPERATORS, 200, 200),
  addMailRecipient: row(OPERATORS, 422, 422, NOTHING),
  listMailRecipients: row(MAKERS, 200, 200),
  updateMailRecipient: row(OPERATORS, 412, 404, ({ recipient: id }) => ({
    path: { id },
    body: { description: 'C.' },
  })),
  removeMailRecipient: row(OPERATORS, 412, 404, ({ recipient: id }) => ({ path: { id } })),
  listNotifications: row(MAKERS, 200, 200),
  getNotification: row(MAKERS, 404, 404),
  redeliverNotification: row(OPERATORS, 404, 404),

  // Limits, settings, what was done.
  listQuotas: row(OPERATORS, 200, 200),
  getQuota: row(OPERATORS, 200, 404, quota),
  putQuota: row(ADMINS, 422, 422, () => ({ ...quota(), body: { limits: 1 } })),
  resetQuota: row(ADMINS, 404, 404, () => ({ path: { scope: 'key', id: 'nobody' } })),
  getUsage: row(READERS, 200, 200),
  getOverview: row(EVERYBODY, 200, 200),
  getOverviewSeries: row(READERS, 200, 200),
  getConfiguration: row(OPERATORS, 200, 403),
  listSettings: row(OPERATORS, 200, 403),
  getSetting: row(OPERATORS, 200, 403, () => ({ path: { name: 'audit_retention_days' } })),
  putSetting: row(ADMINS, 428, 403, () => ({ path: { name: 'audit_retention_days' }, body: { value: 'x' } })),
  resetSetting: row(ADMINS, 404, 403, () => ({ path: { name: 'nothing_like_it' } })),
  listQueues: row(OPERATORS, 200, 403),
  pauseQueue: row(ADMINS, 404, 403, () => ({ path: { name: 'nothing.like.it' } })),
  resumeQueue: row(ADMINS, 200, 403, () => ({ path: { name: 'maintenance' } })),
  listAudit: row(OPERATORS, 200, 200),
  getAuditEntry: row(OPERATORS, 404, 404, () => ({ path: { id: 'nothing_like_it' } })),
  exportAudit: row(ADMINS, 200, 200),
  verifyAudit: row(OPERATORS, 200, 200),
  getMetrics: row(READERS, 200, 403),

  // Agents.
  registerAgent: row(CALLERS, 422, 422, body({ name: 'Upper' })),
  listAgents: row(EVERYBODY, 200, 200),
  getAgent: row(EVERYBODY, 200, 404, agent),
  getAgentCard: row(EVERYBODY, 200, 404, agent),
  listHeartbeats: row(EVERYBODY, 200, 404, agent),
  updateAgent: row(MAKERS, 412, 404, () => ({ ...agent(), body: { description: 'Changed.' } })),
  deregisterAgent: row(MAKERS, 412, 404, agent),
  drainAgent: row(MAKERS, 200, 404, agent),
  sendHeartbeat: row(WORKERS, 404, 404, () => ({ path: { id: 'nobody' }, body: {} })),

  // Tasks.
  leaseTasks: row(WORKERS, 404, 404, () => ({ path: { id: 'nobody' }, body: {} })),
  listTaskLimits: row(EVERYBODY, 200, 200),
  putTaskLimit: row(OPERATORS, 422, 422, () => ({ ...taskLimit(), body: { max_running: -1 } })),
  deleteTaskLimit: row(OPERATORS, 404, 404, taskLimit),
  matchTask: row(EVERYBODY, 422, 422, NOTHING),
  submitTask: row(CALLERS, 422, 422, NOTHING),
  submitTasks: row(CALLERS, 422, 422, NOTHING),
  listTasks: row(EVERYBODY, 200, 200),
  getTask: row(EVERYBODY, 200, 404, task),
  getTaskLogs: row(EVERYBODY, 200, 404, task),
  cancelTask: row(MAKERS, 200, 404, (f) => ({ ...task(f), body: {} })),
  retryTask: row(MAKERS, 422, 422, (f) => ({ ...task(f), body: { payload: 1 } })),
  listDeadLetters: row(EVERYBODY, 200, 200),
  retryDeadLetters: row(MAKERS, 200, 200, NOTHING),
  reportTaskProgress: row(WORKERS, 409, 404, said({ progress: 1 })),
  appendTaskLogs: row(WORKERS, 409, 404, said({ entries: [{ message: 'a' }] })),
  completeTask: row(WORKERS, 409, 404, said({ result: 1 })),
  failTask: row(WORKERS, 409, 404, said({ error: { code: 'a', message: 'b' } })),
  handBackTask: row(WORKERS, 409, 404, said({})),
  reportOutcomes: row(WORKERS, 404, 404, body({ outcomes: [{}] })),
};
