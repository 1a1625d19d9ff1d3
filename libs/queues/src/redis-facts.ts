import { Redis } from 'ioredis';

const TIMEOUT_MS = 2_000;

export interface RedisFacts {
  readonly title: string;
  readonly warnings: readonly string[];
}

/** Asks over a connection of its own: the question must be answered while the queue's connections are in trouble. */
export async function describeRedis(url: string): Promise<RedisFacts> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The failure of `connect` says the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return factsOf(await client.info());
  } finally {
    client.disconnect();
  }
}

export function factsOf(info: string): RedisFacts {
  const value = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = value('valkey_version');
  const title =
    valkey === undefined ? `Redis ${value('redis_version') ?? '(unknown version)'}` : `Valkey ${valkey}`;
  const policy = value('maxmemory_policy');
  const warnings =
    policy === undefined || policy === 'noeviction'
      ? []
      : [
          `Redis may drop queued jobs when memory is short (maxmemory-policy is ${policy}): set it to noeviction.`,
        ];
  return { title, warnings };
}
