import { DatabaseUnavailableError, PgNotifications } from '@app/database';
import { eventually, freePort, type TestDatabase, testDatabase } from '@app/testing';

const APPLICATION = 'spec notifications';

describe('PgNotifications', () => {
  let test: TestDatabase;
  const started: PgNotifications[] = [];
  const begin = async (url = test.url): Promise<PgNotifications> => {
    const notifications = new PgNotifications(url, APPLICATION);
    started.push(notifications);
    await notifications.start();
    return notifications;
  };
  const cutConnections = (): Promise<unknown> =>
    test.db.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      APPLICATION,
    ]);

  beforeAll(async () => {
    test = await testDatabase({ migrations: [] });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
  });
  afterAll(() => test.drop());

  it('passes a notice on to everybody who listens to its channel', async () => {
    const [sender, receiver] = [await begin(), await begin()];
    const heard: string[] = [];
    receiver.listen('quayside_Test', (payload) => heard.push(`one ${payload}`));
    receiver.listen('quayside_Test', (payload) => heard.push(`two ${payload}`));
    receiver.listen('quayside_other', () => heard.push('wrong'));
    await eventually(async () => {
      await sender.notify('quayside_Test', 'x');
      expect(heard.slice(0, 2)).toEqual(['one x', 'two x']);
    });
    expect(heard).not.toContain('wrong');
  });

  it('no longer tells who stopped listening', async () => {
    const notifications = await begin();
    const heard: string[] = [];
    const stopListening = notifications.listen('a', () => heard.push('stopped'));
    notifications.listen('b', () => heard.push('b'));
    stopListening();
    await eventually(async () => {
      await notifications.notify('a', '');
      await notifications.notify('b', '');
      expect(heard).toContain('b');
    });
    expect(heard).not.toContain('stopped');
  });

  it('reconnects once per loss, listens again and says that there may be a hole', async () => {
    const notifications = await begin();
    const heard: string[] = [];
    let reconnects = 0;
    notifications.listen('c', (payload) => heard.push(payload));
    notifications.onReconnect(() => (reconnects += 1));
    for (const loss of [1, 2]) {
      await cutConnections();
      await eventually(() => {
        expect(reconnects).toBe(loss);
      });
      await eventually(async () => {
        await notifications.notify('c', `after ${String(loss)}`);
        expect(heard).toContain(`after ${String(loss)}`);
      });
    }
    await expect(
      test.db.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [APPLICATION]),
    ).resolves.toHaveLength(1);
  });

  it('starts without the database, and refuses to send meanwhile', async () => {
    const url = new URL(test.url);
    url.port = String(await freePort());
    const notifications = await begin(url.href);
    expect(notifications.isConnected).toBe(false);
    await expect(notifications.notify('d', '')).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });
});
