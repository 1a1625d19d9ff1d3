import { eventually } from '@app/testing';
import { homesOf } from './homes';
import { killAndStart } from './nemesis';
import { Random } from './random';
import { type Siege } from './siege';

/** The points at which something is killed are counted in acknowledged wishes, so they are the same in every run. */
const SEED = 20_261_121;
const WISHES = { from: 8, to: 40 };

/** Kills one process after the other while clients go on wishing, waits for peace, and checks every promise. */
export async function killUnderLoad(
  siege: Siege,
  victims: readonly Parameters<typeof killAndStart>[1][],
): Promise<void> {
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
}

/** The folder of a container goes a moment after its last report. */
const ownsOneContainerEach = (siege: Siege): Promise<void> =>
  eventually(
    async () => {
      expect(await homesOf(siege.installation)).toEqual(await siege.keeper.containers());
    },
    { deadlineMs: 60_000 },
  );
