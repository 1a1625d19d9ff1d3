// Makes the secrets of an installation at its first start, each in a file that one user can read. What is there stays.
//   node docker/make-keys.mjs <folder> <host:port of PostgreSQL> <host:port of Redis> [the same two, seen from inside]
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const [root, databaseAt, redisAt, insideDatabaseAt, insideRedisAt] = process.argv.slice(2);
if (redisAt === undefined) {
  console.error(
    'Usage: make-keys.mjs <folder> <host:port of PostgreSQL> <host:port of Redis> [the same two, seen from inside]',
  );
  process.exit(64);
}

/** The users of the images, so that each reads its own files and nobody else's. */
const OWNERS = { quayside: 65532, postgres: 999, redis: 999 };
const secret = () => randomBytes(32).toString('base64url');

function give(path, name) {
  // Only root may; run by anybody else, the files are theirs.
  if (process.getuid?.() === 0) chownSync(path, OWNERS[name.split('/')[0]], OWNERS[name.split('/')[0]]);
}

function write(name, text) {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o400 });
  give(fresh, name);
  renameSync(fresh, path);
  give(dirname(path), name);
  chmodSync(dirname(path), 0o700);
  return text;
}

/** A half-made set of a former start is completed, never replaced: data may be sealed with what is there. */
const keep = (name, make) =>
  existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : write(name, make());

const isFirst = !existsSync(join(root, 'quayside/api_key'));
keep('quayside/master_key', () => randomBytes(32).toString('base64'));
const databasePassword = keep('postgres/password', secret);
const redisPassword = keep('redis/password', secret);
const addresses = (prefix, database, redis) => {
  write(`quayside/${prefix}database_url`, `postgres://quayside:${databasePassword}@${database}/quayside`);
  write(`quayside/${prefix}redis_url`, `redis://:${redisPassword}@${redis}`);
};
addresses('', databaseAt, redisAt);
// For roles on the network of the stores, where these have names of their own.
if (insideRedisAt !== undefined) addresses('inside_', insideDatabaseAt, insideRedisAt);
write(
  'redis/redis.conf',
  [
    `requirepass ${redisPassword}`,
    'dir /data',
    'appendonly yes',
    // A queue must never lose what it was given; when memory is short, writers are told.
    'maxmemory 256mb',
    'maxmemory-policy noeviction',
    '',
  ].join('\n'),
);
const apiKey = keep('quayside/api_key', secret);
if (isFirst) console.log(`Admin key ${apiKey} (shown this once; it stays in the volume "keys" as api_key)`);
