import { eventually } from '@app/testing';
import { homesOf } from './support/homes';
import { killAndStart } from './support/nemesis';
import { Random } from './support/random';
import { Siege } from './support/siege';

jest.setTimeout(400_000);

/** The points at which something is killed are counted in acknowledged wishes, so they are the same in every run. */
const SEED = 20_261_121;
const WISHES = { from: 8, to: 40 };

/** The folder of a container goes a moment after its last report. */
const ownsOneContainerEach = (siege: Siege): Promise<void> =>
  eventually(
    async () => {
      expect(await homesOf(siege.installation)).toEqual(await siege.keeper.containers());
    },
    { deadlineMs: 60_000 },
  );

describe.each([
  ['the one process', { mode: 'all-in-one' }, ['all-in-one', 'all-in-one', 'all-in-one']],
  ['the roles apart', { mode: 'roles' }, ['api', 'worker', 'api', 'worker', 'provisioner']],
] as const)('kill -9 of %s, under load', (_name, options, victims) => {
  let siege: Siege;

  beforeAll(async () => {
    siege = await Siege.start(options);
  }, 180_000);

  afterAll(() => siege.stop());

  it('P4, P7: acknowledged writes survive, each with one event and one audit row, and no status goes back', async () => {
    const random = new Random(SEED);
    siege.begin();
    for (const victim of victims) {
      await siege.acknowledges(random.between(WISHES.from, WISHES.to));
      await killAndStart(siege, victim);
    }
    await siege.acknowledges(WISHES.to);

    await siege.settle();
    expect(await siege.brokenPromises()).toEqual([]);
    await ownsOneContainerEach(siege);
  });
});
