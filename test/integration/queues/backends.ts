import { randomUUID } from 'node:crypto';

import { Logger } from '@nestjs/common';
import { Queue, createPostgresBackend } from 'bullmq';

import { type QueueName } from '@app/contracts';
import { PgNotifications, type Database } from '@app/database';
import { migrateQueueSchema, PostgresPubSub, RedisPubSub, type PubSub, type QueueBackend } from '@app/queues';
import { describeWithRedis, testDatabase, type TestDatabase } from '@app/testing';

import { MIGRATIONS } from '../../../src/migrations';

export interface QueueFixture {
  readonly backend: QueueBackend;
  readonly db: Database;
  readonly databaseUrl: string;
  newPubSub(url?: string): PubSub;
  /** The same queues by another address. */
  at(url: string): QueueBackend;
  /** What the jobs that were given up say. */
  failedReasons(queue: string): Promise<string[]>;
  /** As FLUSHALL does: everything that the queues hold is gone. */
  empty(): Promise<void>;
}

/** A queue that no other test uses; the type lists those of the product. */
export const newQueueName = (): QueueName => `spec.${randomUUID()}` as QueueName;

const openDatabase = (): Promise<TestDatabase> =>
  testDatabase({ migrations: MIGRATIONS, afterwards: migrateQueueSchema });

/** Outages are the subject here; their log lines are not. */
Logger.overrideLogger(false);

/** Declares the block once per back end, so that no behaviour is promised for one of them only. */
export function onEachBackend(block: (fixture: () => QueueFixture) => void): void {
  describe('on PostgreSQL', () => {
    withDatabase(block, (database) => postgresFixture(database));
  });
  describeWithRedis('on Redis', (redis) => {
    withDatabase(block, (database) => redisFixture(database, redis().url, () => redis().flush()));
  });
}

function withDatabase(
  block: (fixture: () => QueueFixture) => void,
  make: (database: TestDatabase) => QueueFixture,
): void {
  let database: TestDatabase;
  let fixture: QueueFixture;
  beforeAll(async () => {
    database = await openDatabase();
    fixture = make(database);
  });
  afterAll(() => database.drop());
  block(() => fixture);
}

function postgresFixture({ db, url }: TestDatabase): QueueFixture {
  return {
    backend: { kind: 'postgres', url },
    db,
    databaseUrl: url,
    newPubSub: (other = url) => new PostgresPubSub(new PgNotifications(other)),
    at: (other) => ({ kind: 'postgres', url: other }),
    failedReasons: (name) => reasons(new Queue(name, { connection: url }, createPostgresBackend)),
    empty: async () => {
      await db.execute('DELETE FROM bullmq.job');
    },
  };
}

function redisFixture({ db, url }: TestDatabase, redisUrl: string, empty: () => Promise<void>): QueueFixture {
  const prefix = `spec-${randomUUID()}`;
  return {
    backend: { kind: 'redis', url: redisUrl, prefix },
    db,
    databaseUrl: url,
    newPubSub: (other = redisUrl) => new RedisPubSub(other, prefix),
    at: (other) => ({ kind: 'redis', url: other, prefix }),
    failedReasons: (name) =>
      reasons(new Queue(name, { connection: { url: redisUrl }, prefix: `{${prefix}}` })),
    empty,
  };
}

interface ReadableQueue {
  getFailed(): Promise<{ readonly failedReason?: string }[]>;
  close(): Promise<void>;
}

async function reasons(queue: ReadableQueue): Promise<string[]> {
  try {
    return (await queue.getFailed()).map(({ failedReason = '' }) => failedReason);
  } finally {
    await queue.close();
  }
}
