import { Redis } from 'ioredis';
import { type RateEntry, RateStore, SLICES, type Taken } from './rate-store';

const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than a healthy answer by far; nobody waits longer before counting for himself. */
const COMMAND_TIMEOUT_MS = 250;
const RECONNECT_MAX_MS = 1_000;
/** Processes that were not heard of for so long are none. */
const PEER_LIFE_MS = 30_000;

/**
 * Slices are fields of a hash, and time is the server's: what two processes take at once is counted one after the other.
 * Answers, in order: granted, index of the tightest entry, room there, ms until there is more, ms until the slice ends.
 */
const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local slices = ${SLICES}
local granted = tonumber(ARGV[1])
local seen = {}
local usable = 86400000
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local width = math.max(1, math.floor(window / slices))
  local newest = math.floor(now / width)
  local used, counts, all = 0, {}, redis.call('HGETALL', key)
  for j = 1, #all, 2 do
    local slice, count = tonumber(all[j]), tonumber(all[j + 1])
    if slice < newest - slices then redis.call('HDEL', key, all[j])
    else used = used + count; counts[#counts + 1] = { slice, count } end
  end
  table.sort(counts, function(a, b) return a[1] < b[1] end)
  seen[i] = { room = limit - used, counts = counts, width = width, newest = newest, window = window }
  granted = math.min(granted, limit - used)
  usable = math.min(usable, width - now % width)
end
granted = math.max(granted, 0)
local tightest, least = 1, nil
for i, key in ipairs(KEYS) do
  local one = seen[i]
  if granted > 0 then
    redis.call('HINCRBY', key, string.format('%.0f', one.newest), granted)
    redis.call('PEXPIRE', key, string.format('%.0f', one.width * (slices + 2)))
  end
  if least == nil or one.room - granted < least then tightest, least = i, one.room - granted end
end
local one, reset = seen[tightest], 0
local leaving = math.max(1, 1 - least)
for _, pair in ipairs(one.counts) do
  leaving = leaving - pair[2]
  if leaving <= 0 then reset = (pair[1] + slices + 1) * one.width - now; break end
end
if leaving > 0 then reset = (one.newest + slices + 1) * one.width - now end
return { granted, tightest - 1, math.max(least, 0), math.floor(reset), math.floor(usable) }
`;

const GIVE_BACK = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for i, key in ipairs(KEYS) do
  local width = math.max(1, math.floor(tonumber(ARGV[i + 1]) / ${SLICES}))
  if redis.call('EXISTS', key) == 1 then
    redis.call('HINCRBY', key, string.format('%.0f', math.floor(now / width)), -tonumber(ARGV[1]))
  end
end
`;

/** Says that this process is there, and answers how many are. */
const GREET = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) * 2)
return redis.call('ZCARD', KEYS[1])
`;

interface Scripts {
  quaysideTake(count: number, ...words: readonly (string | number)[]): Promise<number[]>;
  quaysideGiveBack(count: number, ...words: readonly (string | number)[]): Promise<unknown>;
  quaysideGreet(count: number, ...words: readonly (string | number)[]): Promise<number>;
}

/** Counts that several processes share. Fails fast while the server is away; reconnects by itself. */
export class RedisRates extends RateStore {
  private readonly client: Redis & Scripts;

  constructor(
    url: string,
    /** In braces: all keys of an installation are on one node of a cluster, as a script needs them. */
    private readonly installation: string,
    commandTimeoutMs = COMMAND_TIMEOUT_MS,
  ) {
    super();
    const client = new Redis(url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: commandTimeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, RECONNECT_MAX_MS),
    });
    client.on('error', () => undefined);
    client.defineCommand('quaysideTake', { lua: TAKE });
    client.defineCommand('quaysideGiveBack', { lua: GIVE_BACK });
    client.defineCommand('quaysideGreet', { lua: GREET });
    this.client = client as Redis & Scripts;
  }

  /** Refused at once where there is no connection. */
  get isConnected(): boolean {
    return this.client.status === 'ready';
  }

  override async take(entries: readonly RateEntry[], wanted: number): Promise<Taken> {
    const keys = this.keysOf(entries);
    const limits = entries.flatMap(({ limit, windowMs }) => [limit, windowMs]);
    const [granted = 0, tightest = 0, remaining = 0, resetMs = 0, usableMs = 0] =
      await this.client.quaysideTake(keys.length, ...keys, wanted, ...limits);
    return { granted, tightest, remaining, resetMs, usableMs };
  }

  override async giveBack(entries: readonly RateEntry[], count: number): Promise<void> {
    const keys = this.keysOf(entries);
    await this.client.quaysideGiveBack(
      keys.length,
      ...keys,
      count,
      ...entries.map(({ windowMs }) => windowMs),
    );
  }

  greet(processId: string): Promise<number> {
    return this.client.quaysideGreet(1, `{${this.installation}}:peers`, processId, PEER_LIFE_MS);
  }

  close(): void {
    this.client.disconnect();
  }

  /** With the window in it: slices of another width are other counts. */
  private keysOf(entries: readonly RateEntry[]): readonly string[] {
    return entries.map(({ key, windowMs }) => `{${this.installation}}:rate:${windowMs}:${key}`);
  }
}
