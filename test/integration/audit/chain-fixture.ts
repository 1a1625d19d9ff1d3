import { randomBytes, randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { Keyring } from '@app/security';
import { requestContext, systemScope } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';
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
  ) {
    const { db } = database;
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
    return new Chain(database, Keyring.fromSetting(randomBytes(32).toString('base64')));
  }

  get db(): Database {
    return this.database.db;
  }

  /** As another worker would have it, without memory of the chain. */
  writer(): ChainWriter {
    return new ChainWriter(this.rows, this.seals, this.keys);
  }

  /** One change with its audit row. */
  change(id: string = randomUUID()): Promise<void> {
    const event = {
      ...{ name: 'thing.part.changed', aggregateType: 'things', aggregateId: id, data: {} },
      occurredAt: new Date(),
    };
    return requestContext.run(systemScope('spec'), () =>
      this.events.append([event], { before: { colour: 'réd "\u0001' }, after: { colour: 'blue', size: 0.1 } }),
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
        ...{ face: 'server', method: 'tools/call', outcome: 'ok' } as const,
        target: `quote " back \\ line \n bell \u0007 umlaut ü emoji 😀 del \u007f ls \u2028 ${index}`,
        durationMs: index * 1234.567,
        ...(index % 3 === 0 ? {} : { upstreamMs: 1e-7 * index, argumentShape: ['a: string', 'b"c: number'] }),
      },
    }));
    return new SqlCallStore(this.db).append(batch);
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
