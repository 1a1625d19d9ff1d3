import { randomBytes, randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Keyring } from '@app/security';
import { requestContext, systemScope } from '@app/telemetry';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';
import { ChainKeys } from '../../../src/audit/chain/chain-keys';
import { SealStore } from '../../../src/audit/persistence/seal-store';
import { SealableRows } from '../../../src/audit/persistence/sealable-rows';
import { SegmentStore } from '../../../src/audit/persistence/segment-store';
import { ChainWriter } from '../../../src/audit/sealer/chain-writer';
import { SegmentKeeper } from '../../../src/audit/sealer/segment-keeper';
import { type Verified, Verifier } from '../../../src/audit/verify/verifier';
import { SqlCallStore } from '../../../src/gateway/persistence/sql-call.store';
import { MIGRATIONS } from '../../../src/migrations';

const EVERYTHING = 1_000_000;
const DAY_MS = 86_400_000;
/** Everything but the date goes on as it is. */
const TIMERS = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

/** The parts of the chain on a real database, driven by the test instead of by time. */
export class Chain {
  readonly rows: SealableRows;
  readonly seals: SealStore;
  readonly segments: SegmentStore;
  readonly keys: ChainKeys;
  readonly verifier: Verifier;
  readonly keeper: SegmentKeeper;
  private readonly events: EventAppender;

  private constructor(
    readonly database: TestDatabase,
    readonly keyring: Keyring,
    readonly db: Database,
  ) {
    this.rows = new SealableRows(db);
    this.seals = new SealStore(db);
    this.segments = new SegmentStore(db);
    this.keys = new ChainKeys(keyring);
    this.verifier = new Verifier(this.seals, this.rows, this.segments, this.keys);
    this.keeper = new SegmentKeeper(this.segments, this.verifier, this.keys);
    this.events = new EventAppender(db);
  }

  static async start(): Promise<Chain> {
    const database = await testDatabase({ migrations: MIGRATIONS });
    return new Chain(database, Keyring.fromSetting(randomBytes(32).toString('base64')), database.db);
  }

  /** The chain of somebody else's database. */
  static of(database: TestDatabase, keyring: Keyring): Chain {
    return new Chain(database, keyring, database.db);
  }

  /** The same chain over other connections. */
  as(db: Database): Chain {
    return new Chain(this.database, this.keyring, db);
  }

  /** As another worker would have it, without memory of the chain. */
  writer(keys = this.keys): ChainWriter {
    return new ChainWriter(this.rows, this.seals, keys);
  }

  /** One change with its audit row. */
  change(id: string = randomUUID()): Promise<void> {
    const event = {
      ...{ name: 'thing.part.changed', aggregateType: 'things', aggregateId: id, data: {} },
      occurredAt: new Date(),
    };
    return requestContext.run(systemScope('spec'), () =>
      this.events.append([event], {
        before: { colour: 'réd "\u0001' },
        after: { colour: 'blue', size: 0.1 },
      }),
    );
  }

  /** Calls of every shape that a column may have, in one batch. */
  calls(count: number): Promise<void> {
    const batch = Array.from({ length: count }, (_, index) => ({
      id: randomUUID(),
      at: new Date(),
      actor: 'key:a',
      keyId: index % 2 === 0 ? null : 'a',
      address: '::1',
      requestId: `r-${index}`,
      traceId: null,
      workspaceId: '00000000-0000-4000-8000-000000000001',
      record: {
        ...({ face: 'server', method: 'tools/call', outcome: 'ok' } as const),
        target: `quote " back \\ line \n bell \u0007 umlaut ü emoji 😀 del \u007f ls \u2028 ${index}`,
        durationMs: index * 1234.567,
        ...(index % 3 === 0 ? {} : { upstreamMs: 1e-7 * index, argumentShape: ['a: string', 'b"c: number'] }),
      },
    }));
    const store = new SqlCallStore(this.db);
    const page = store.newPage();
    for (const call of batch) page.add(call);
    return store.append([page]);
  }

  /** A change that is taken back: its numbers are used up and no row has them. */
  async abandonedChange(): Promise<void> {
    const undone = this.db.transaction(async () => {
      await this.change();
      throw new Error('taken back');
    });
    await undone.catch(() => undefined);
  }

  /** Other databases of the server have transactions too: rows are sealed once those have ended. */
  async sealed(rows: number, writer = this.writer()): Promise<void> {
    await eventually(
      async () => {
        await this.seal(writer);
        const [row] = await this.db.query<{ rows: number }>(
          `SELECT coalesce(sum(row_count), 0)::integer AS rows FROM audit_seal`,
        );
        expect(row?.rows).toBe(rows);
      },
      { deadlineMs: 120_000 },
    );
  }

  /** Sealed by a worker whose clock is in the past. */
  async sealedAgo(days: number, rows: number): Promise<void> {
    jest.useFakeTimers({ now: Date.now() - days * DAY_MS, doNotFake: TIMERS });
    try {
      await this.sealed(rows);
    } finally {
      jest.useRealTimers();
    }
  }

  /** Until nothing is left to seal. */
  async seal(writer = this.writer()): Promise<void> {
    while ((await writer.round()) > 0);
  }

  verify(from = 1): Promise<Verified> {
    return this.verifier.verify(from, EVERYTHING);
  }

  async stop(): Promise<void> {
    await this.database.drop();
  }
}
