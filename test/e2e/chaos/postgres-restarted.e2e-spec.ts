import { OwnPostgres } from './support/own-postgres';
import { Siege } from './support/siege';

jest.setTimeout(400_000);

/** Before, between and after the faults; a fault needs requests that feel it. */
const WISHES = 30;
const FELT = 12;

describe('PostgreSQL that is restarted under load', () => {
  let postgres: OwnPostgres;
  let siege: Siege;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    siege = await Siege.start({ databaseUrl: postgres.url });
  }, 180_000);

  afterAll(async () => {
    await siege.stop();
    await postgres.remove();
  });

  it('P1: no acknowledged write is lost or done twice, and what was refused is whole or absent', async () => {
    const pid = siege.installation.pid('all-in-one');
    siege.begin();
    await siege.acknowledges(WISHES);

    for (const fault of ['crash', 'stop'] as const) {
      await postgres[fault]();
      await siege.refuses(FELT);
      expect((await siege.installation.api.request('GET', '/health/live')).status).toBe(200);
      expect((await siege.installation.api.request('GET', '/health/ready')).status).toBe(503);
      await postgres.startAgain();
      await siege.acknowledges(WISHES);
    }

    await siege.settle();
    expect(await siege.brokenPromises()).toEqual([]);
    expect(siege.installation.pid('all-in-one')).toBe(pid);
    expect(siege.installation.isRunning('all-in-one')).toBe(true);
  });
});
