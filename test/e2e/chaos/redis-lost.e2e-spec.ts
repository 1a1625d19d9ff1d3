import { describeWithRedis } from '@app/testing';
import { homesOf } from './support/homes';
import { Siege } from './support/siege';

jest.setTimeout(400_000);

const WISHES = 30;

describeWithRedis('Redis under load', (redis) => {
  let siege: Siege;

  beforeAll(async () => {
    siege = await Siege.start({ redisUrl: redis().url });
  }, 180_000);

  afterAll(() => siege.stop());

  it('P3: emptied, away and back, it delays what is wanted and loses nothing of it', async () => {
    siege.begin();
    await siege.acknowledges(WISHES);

    // Whatever waits in a queue at that moment is gone, and so are the memories of what was sent before.
    await redis().flush();
    await siege.acknowledges(WISHES);

    await redis().crash();
    // Writes need no queue: they are acknowledged meanwhile, and their messages wait in the outbox.
    await siege.acknowledges(WISHES);
    expect(await siege.keeper.unsent()).toBeGreaterThan(0);
    await redis().startAgain();
    await siege.acknowledges(WISHES);
    await redis().flush();

    await siege.settle();
    expect(await siege.brokenPromises()).toEqual([]);
    expect(siege.history.outcomes()).toMatchObject({ refused: 0, unanswered: 0 });
    expect(await homesOf(siege.installation)).toEqual(await siege.keeper.containers());
  });
});
