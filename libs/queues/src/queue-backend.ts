import {
  createPostgresBackend,
  createRedisBackend,
  PostgresConnection,
  type BackendFactory,
  type PostgresPoolConfig,
  type RedisOptions,
} from 'bullmq';

import { WaitingBackend, type WaitingOptions } from './waiting-backend';

/** Where the queues live. `prefix` keeps installations apart in one Redis; in PostgreSQL the database does. It is told without braces. */
export type QueueBackend =
  | { readonly kind: 'redis'; readonly url: string; readonly prefix?: string }
  | { readonly kind: 'postgres'; readonly url: string };

export const DEFAULT_PREFIX = 'quayside';
const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 1_000;
/** One for the main path; a second would only be used by bursts. Workers hold one more, for LISTEN. */
const PRODUCER_POOL_SIZE = 1;
const WORKER_POOL_SIZE = 2;
/** A query without an answer for this long is a dead connection: queue queries take milliseconds. */
const QUERY_TIMEOUT_MS = { producer: 3_000, worker: 10_000 };
const IDLE_MS = 60_000;
/** The peer may be gone without a word; probes find out while the connection is idle. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/** In braces it decides alone on which node of a cluster a key lies: BullMQ's scripts touch many keys at once. */
export const hashTag = (name: string): string => `{${name}}`;

export type BackendRole = 'producer' | 'worker';

/** The settings that every queue object of a backend takes; BullMQ's own `connection` is filled in here. */
export interface BackendSettings {
  readonly factory: BackendFactory;
  readonly prefix: string;
}

/** `waiting` is for workers: how they wait where the server tells them of jobs. */
export function backendSettings(
  backend: QueueBackend,
  role: BackendRole,
  waiting?: WaitingOptions,
): BackendSettings {
  if (backend.kind === 'redis') {
    const connection = redisConnection(backend.url, role);
    return {
      factory: (name, options, extra) => createRedisBackend(name, { ...options, connection }, extra),
      prefix: hashTag(backend.prefix ?? DEFAULT_PREFIX),
    };
  }
  const connection = postgresConnection(backend.url, role);
  return {
    factory: (name, options, extra) =>
      waiting === undefined
        ? createPostgresBackend(name, { ...options, connection }, extra)
        : new WaitingBackend(new PostgresConnection(connection), name, { ...options, connection }, waiting),
    prefix: DEFAULT_PREFIX,
  };
}

const reconnectDelayMs = (attempt: number): number => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS);

function redisConnection(url: string, role: BackendRole): RedisOptions {
  return {
    url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_DELAY_MS,
    retryStrategy: reconnectDelayMs,
    // Producers fail at once while Redis is away: what they send is kept in the outbox. Workers wait.
    ...(role === 'producer'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 0 }
      : { maxRetriesPerRequest: null }),
  };
}

/** `options` of the address would replace ours, so both are joined. */
export function splitServerOptions(url: string): { connectionString: string; options: string } {
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  return { connectionString: parsed.toString(), options: own };
}

function postgresConnection(url: string, role: BackendRole): PostgresPoolConfig {
  const { connectionString, options } = splitServerOptions(url);
  return {
    connectionString,
    // Only here: what a power cut could lose of a queue is sent again by the outbox and the sweep.
    options: `${options} -c synchronous_commit=off`.trim(),
    application_name: `quayside-queue-${role}`,
    max: role === 'worker' ? WORKER_POOL_SIZE : PRODUCER_POOL_SIZE,
    // Longer than between two looks of an idle worker: to open one costs more than they do.
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS[role],
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  };
}
