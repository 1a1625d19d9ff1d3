import { type JsonValue } from '@app/kernel';
import { address, choice, flag, limits, rate, type SettingKind, whole } from './domain/setting-kinds';

/** What quotas count: the same names wherever a limit is set, refused or shown. */
export const QUOTA_RESOURCES = [
  'instances',
  'running_instances',
  'memory_bytes',
  'cpu_millis',
  'tasks_per_day',
  'running_tasks',
  'tool_calls_per_day',
  'websocket_connections',
] as const;
export type QuotaResource = (typeof QUOTA_RESOURCES)[number];

/** Of a caller: the key or agent, the person behind it, and where the request comes from. */
const CALLER_SCOPES = ['key', 'user', 'address'] as const;
/** `public` opens the reading routes of the registry and nothing else. */
export const REGISTRY_ACCESS = ['off', 'authenticated', 'public'] as const;

const RATES_READ_BY = 'rate limits';

const callers = (what: string, perMinute: number) =>
  rate({
    scopes: CALLER_SCOPES,
    default: { window_s: 60, key: perMinute, user: 2 * perMinute, address: null },
    description: `How many ${what} one key or agent, one user with all keys, and one address may send in a window.`,
    readBy: RATES_READ_BY,
  });

const quotaDefaults = (whose: string) =>
  limits({
    names: QUOTA_RESOURCES,
    default: NO_LIMITS,
    description: `What each ${whose} may use that has no quota of its own.`,
    readBy: 'quotas',
  });

const NO_LIMITS = Object.fromEntries(QUOTA_RESOURCES.map((name) => [name, null])) as Record<
  QuotaResource,
  null
>;

/**
 * Every setting that is kept in the database and can be changed while the product runs. To add one, add it here, and read it
 * with `StoredSettings.get(name)`: it is then in the API, in the trail of changes and on the page of settings.
 */
export const SETTINGS = {
  gateway_max_staleness_s: whole({
    ...{ default: 900, min: 60, max: 86_400 },
    description:
      'How long keys, permissions and routes in memory are believed while the database is away; then calls are refused.',
    readBy: 'identity, gateway',
  }),
  max_instances: whole({
    ...{ default: 10_000, min: 1, max: 100_000 },
    description: 'How many live instances the installation may have.',
    readBy: 'instances',
  }),
  require_strong_secret_delivery: flag({
    default: false,
    description: 'Refuses to start a container that could get a secret only in its visible configuration.',
    readBy: 'provisioner',
  }),
  audit_retention_days: whole({
    // The shortest time is also written in the database, in the function that removes rows.
    ...{ default: 365, min: 30, max: 36_500 },
    description: 'How many days rows of the audit trail are kept, in whole segments of the sealed chain.',
    readBy: 'audit',
  }),
  task_retention_days: whole({
    ...{ default: 30, min: 1, max: 3_650 },
    description: 'How many days tasks are kept after they ended, dead letters too.',
    readBy: 'tasks',
  }),
  run_retention_days: whole({
    ...{ default: 90, min: 1, max: 3_650 },
    description: 'How many days runs of pipelines are kept after they ended, with what their stages gave.',
    readBy: 'pipelines',
  }),
  log_debug: flag({
    default: false,
    description:
      'Whether every process also writes lines of level debug, whatever LOG_LEVEL says; for the time of a search.',
    readBy: 'every process',
  }),
  registry_access: choice({
    ...{ default: 'authenticated', words: REGISTRY_ACCESS },
    description:
      'Who may read the MCP registry under /v0.1: nobody (off), callers with a credential, or everybody, who then sees what was published.',
    readBy: 'registry',
  }),
  registry_url: address({
    description:
      'The MCP registry whose servers can be browsed in the catalogue, asked once an hour; empty: none. A private address must be in EGRESS_ALLOW.',
    readBy: 'registry',
  }),
  rate_limit_read: callers('reading requests', 120_000),
  rate_limit_write: callers('changing requests', 60_000),
  rate_limit_mcp: callers('requests to MCP faces', 600_000),
  rate_limit_tool_calls: callers('tool calls', 600_000),
  rate_limit_anonymous: rate({
    scopes: ['address'],
    default: { window_s: 60, address: 12_000 },
    description:
      'How many requests without a credential, to what is public, one address may send in a window.',
    readBy: RATES_READ_BY,
  }),
  rate_limit_refused: rate({
    scopes: ['address'],
    default: { window_s: 60, address: 6_000 },
    description: 'How many requests with a wrong or missing credential one address may send in a window.',
    readBy: RATES_READ_BY,
  }),
  rate_limit_sign_in: rate({
    scopes: ['account', 'address'],
    default: { window_s: 900, account: 20, address: 500 },
    description: 'How many sign-ins may fail for one account, and from one address, in a window.',
    readBy: 'sign-in',
  }),
  rate_limit_refresh: rate({
    scopes: ['address'],
    default: { window_s: 60, address: 3_000 },
    description:
      'How many requests to the sign-in, refresh and ticket routes one address may send in a window.',
    readBy: RATES_READ_BY,
  }),
  quota_workspace_defaults: quotaDefaults('workspace'),
  quota_user_defaults: quotaDefaults('user'),
  quota_key_defaults: quotaDefaults('key'),
  quota_agent_defaults: quotaDefaults('agent'),
} satisfies Readonly<Record<string, SettingKind<JsonValue>>>;

export type SettingName = keyof typeof SETTINGS;
export type SettingTypes = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends SettingKind<infer T> ? T : never;
};

export const isSettingName = (text: string): text is SettingName => Object.hasOwn(SETTINGS, text);
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
