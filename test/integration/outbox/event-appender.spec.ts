import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { requestContext, systemScope, type RequestScope } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';

import { MIGRATIONS } from '../../../src/migrations';
import { happened } from './outbox-fixture';

describe('EventAppender', () => {
  let database: TestDatabase;
  let nudges: number;
  let appender: EventAppender;
  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS });
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    nudges = 0;
    appender = new EventAppender(database.db, () => {
      nudges += 1;
    });
    await database.db.execute('TRUNCATE outbox, audit, domain_event');
  });

  const scope: RequestScope = {
    ...systemScope('http'),
    principal: {
      id: 'ab12',
      kind: 'key',
      name: 'ci',
      role: 'operator',
      permissions: new Set(),
      workspaceId: DEFAULT_WORKSPACE_ID,
      keyId: 'ab12',
    },
    address: '192.0.2.7',
    causationId: 'e-0',
  };
  const rows = (sql: string) => database.db.query<Record<string, unknown>>(sql);
  const counts = async () => {
    const [row] = await rows(
      `SELECT (SELECT count(*)::int FROM domain_event) AS events, (SELECT count(*)::int FROM outbox) AS outbox,
              (SELECT count(*)::int FROM audit) AS audit`,
    );
    return row;
  };

  it('stores the event with who and what caused it, its outbox row and its audit row', async () => {
    await requestContext.run(scope, () => appender.append([happened('t-1', 7)]));

    const [event] = await rows('SELECT * FROM domain_event');
    expect(event).toMatchObject({
      name: 'thing.part.changed',
      aliases: ['ThingChanged'],
      aggregate_type: 'things',
      aggregate_id: 't-1',
      data: { n: 7 },
      actor: 'key:ab12',
      correlation_id: scope.requestId,
      causation_id: 'e-0',
      traceparent: scope.traceparent,
      occurred_at: new Date('2026-01-02T03:04:05.678Z'),
      sequence: null,
    });
    expect(await rows('SELECT event_id FROM outbox')).toEqual([{ event_id: event!['id'] }]);
    expect(await rows('SELECT * FROM audit')).toEqual([
      expect.objectContaining({
        actor: 'key:ab12',
        key_id: 'ab12',
        address: '192.0.2.7',
        request_id: scope.requestId,
        action: 'thing.part.changed',
        resource_type: 'things',
        resource_id: 't-1',
        outcome: 'succeeded',
        event_id: event!['id'],
      }),
    ]);
  });

  it('keeps the order of the events of one call', async () => {
    await appender.append([3, 1, 2].map((n) => happened('t-1', n)));
    const stored = await rows(
      'SELECT e.data FROM outbox o JOIN domain_event e ON e.id = o.event_id ORDER BY o.id',
    );
    expect(stored.map(({ data }) => data)).toEqual([{ n: 3 }, { n: 1 }, { n: 2 }]);
  });

  it('stores events of several callers at once, each with its own origin', async () => {
    const event = happened('t-1', 1);
    await appender.appendEach([
      { event, scope },
      { event: happened('t-2', 2), scope: systemScope('reaper'), audit: false },
    ]);
    expect(await rows('SELECT actor, correlation_id, workspace_id FROM domain_event ORDER BY data')).toEqual([
      { actor: 'key:ab12', correlation_id: scope.requestId, workspace_id: DEFAULT_WORKSPACE_ID },
      expect.objectContaining({ actor: 'system:reaper', workspace_id: DEFAULT_WORKSPACE_ID }),
    ]);
    expect(await rows('SELECT actor, key_id, address, resource_id FROM audit')).toEqual([
      { actor: 'key:ab12', key_id: 'ab12', address: '192.0.2.7', resource_id: 't-1' },
    ]);
    expect([nudges, await counts()]).toEqual([1, { events: 2, outbox: 2, audit: 1 }]);
  });

  it('does not say of a failure that it succeeded', async () => {
    const failed = { ...happened('t-9'), name: 'thing.part.failed' };
    await appender.append([failed]);
    await appender.appendEach([{ event: failed, scope }]);
    const outcomes = await rows(`SELECT outcome FROM audit WHERE action = 'thing.part.failed'`);
    expect(outcomes).toEqual([{ outcome: 'failed' }, { outcome: 'failed' }]);
  });

  it('leaves nothing, and wakes nobody, when the transaction fails', async () => {
    const failing = database.db.transaction(async () => {
      await appender.append([happened('t-1')]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');

    expect(await counts()).toEqual({ events: 0, outbox: 0, audit: 0 });
    expect(nudges).toBe(0);
  });

  it('wakes the relay once the transaction has committed', async () => {
    await database.db.transaction(async () => {
      await appender.append([happened('t-1')]);
      expect(nudges).toBe(0);
    });
    expect(nudges).toBe(1);
  });

  it('writes no audit row for an observation, and nothing for no events', async () => {
    await appender.append([happened('t-1')], { audit: false });
    await appender.append([]);

    expect(await counts()).toEqual({ events: 1, outbox: 1, audit: 0 });
  });
});
