import { Inbox } from '@app/queues';
import { testDatabase, type TestDatabase } from '@app/testing';

import { MIGRATIONS } from '../../../src/migrations';

describe('Inbox', () => {
  let database: TestDatabase;
  let inbox: Inbox;
  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS });
    inbox = new Inbox(database.db);
    await database.db.execute('CREATE TABLE effect (message_id text NOT NULL)');
  });
  afterAll(() => database.drop());

  const apply = (messageId: string, consumer = 'projector') =>
    inbox.once(consumer, messageId, async () => {
      await database.db.execute('INSERT INTO effect VALUES ($1)', [messageId]);
    });
  const effects = async (messageId: string) =>
    (await database.db.query('SELECT FROM effect WHERE message_id = $1', [messageId])).length;

  it('lets one of many deliveries have its effect, also when they arrive together', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => apply('m-1')));

    expect(outcomes.filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await effects('m-1')).toBe(1);
    expect(await apply('m-1')).toBe(false);
  });

  it('keeps consumers apart', async () => {
    await apply('m-2', 'one');
    await apply('m-2', 'two');
    expect(await effects('m-2')).toBe(2);
  });

  it('leaves no receipt of work that failed', async () => {
    const failing = inbox.once('projector', 'm-3', async () => {
      await database.db.execute('INSERT INTO effect VALUES ($1)', ['m-3']);
      throw new Error('half done');
    });
    await expect(failing).rejects.toThrow('half done');

    expect(await effects('m-3')).toBe(0);
    expect(await apply('m-3')).toBe(true);
  });
});
