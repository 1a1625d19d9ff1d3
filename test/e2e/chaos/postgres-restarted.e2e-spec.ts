import { eventually } from '@app/testing';
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

  /** Alive, not ready, and in the words of a problem to whoever asks. */
  async function saysSoItself(): Promise<void> {
    const { api } = siege.installation;
    expect((await api.request('GET', '/health/live')).status).toBe(200);
    // What was found a moment ago may be told for a moment longer.
    await eventually(async () => {
      expect((await api.request('GET', '/health/ready')).status).toBe(503);
    });
    const { status, headers, body } = await api.request('GET', '/api/v1/mcp/instances');
    expect([status, body['code']]).toEqual([503, 'database_unavailable']);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
  }

  it('P1: no acknowledged write is lost or done twice, and what was refused is whole or absent', async () => {
    const pid = siege.installation.pid('all-in-one');
    siege.begin();
    await siege.acknowledges(WISHES);

    for (const fault of ['crash', 'stop'] as const) {
      await postgres[fault]();
      await siege.refuses(FELT);
      await saysSoItself();
      await postgres.startAgain();
      await siege.acknowledges(WISHES);
    }

    await siege.settle();
    expect(await siege.brokenPromises()).toEqual([]);
    expect(siege.installation.pid('all-in-one')).toBe(pid);
    expect(siege.installation.isRunning('all-in-one')).toBe(true);
  });
});
