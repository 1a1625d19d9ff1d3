import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRedis, eventually } from '@app/testing';
import { homesOf } from './support/homes';
import { torment } from './support/nemesis';
import { OwnPostgres } from './support/own-postgres';
import { Random } from './support/random';
import { Siege } from './support/siege';

/** QUAYSIDE_CHAOS_SEED repeats the faults of a run, QUAYSIDE_CHAOS_MINUTES changes how long it goes on. */
const SEED = Number(process.env['QUAYSIDE_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const MINUTES = Number(process.env['QUAYSIDE_CHAOS_MINUTES'] ?? 5);

/** P3 of the promises. Most servers of the siege are remote, so starting them takes no time worth deducting. */
const CONVERGED_WITHIN_MS = 30_000;

jest.setTimeout((MINUTES + 20) * 60_000);

describeWithRedis('faults of all kinds, chosen by a seed', (redis) => {
  let postgres: OwnPostgres;
  let siege: Siege;

  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    siege = await Siege.start({ mode: 'roles', databaseUrl: postgres.url, redisUrl: redis().url });
  }, 300_000);

  afterAll(async () => {
    await siege.stop();
    await postgres.remove();
  });

  it(`break no promise (seed ${String(SEED)})`, async () => {
    siege.begin();
    const victims = { siege, postgres, redis: redis() };
    const faults = await torment(victims, new Random(SEED), performance.now() + MINUTES * 60_000);
    const endedAtMs = performance.now();
    const last = await siege.settle();
    const facts = {
      seed: SEED,
      faults,
      outcomes: siege.history.outcomes(),
      quietAfterMs: Math.round(performance.now() - endedAtMs),
      cameLast: last.map(({ name, desired_state: wish, phase }) => `${name}: ${String(phase)} -> ${wish}`),
    };
    process.stdout.write(`${JSON.stringify(facts)}\n`);

    const broken = await siege.brokenPromises();
    if (broken.length > 0) {
      const file = join(tmpdir(), `quayside-chaos-${String(SEED)}.json`);
      writeFileSync(file, JSON.stringify({ ...facts, broken, operations: siege.history.operations }));
      process.stdout.write(`the history is kept in ${file}\n`);
    }
    expect(broken).toEqual([]);
    expect(facts.quietAfterMs).toBeLessThan(CONVERGED_WITHIN_MS);
    await eventually(
      async () => {
        expect(await homesOf(siege.installation)).toEqual(await siege.keeper.containers());
      },
      { deadlineMs: 60_000 },
    );
  });
});
