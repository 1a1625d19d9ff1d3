import { Logger } from '@nestjs/common';
import { PROVISIONING_COMMANDS } from '@app/contracts';
import { QueueSet } from '@app/queues';
import { describeWithRedis, eventually } from '@app/testing';
import { homesOf } from './support/homes';
import { Siege } from './support/siege';

jest.setTimeout(400_000);
/** The outage is the subject here; the log lines about it are not. */
Logger.overrideLogger(false);

const WISHES = 30;

describeWithRedis('Redis under load', (redis) => {
  let siege: Siege;
  let queues: QueueSet;

  beforeAll(async () => {
    siege = await Siege.start({ mode: 'roles', redisUrl: redis().url });
    queues = new QueueSet({ kind: 'redis', url: redis().url, prefix: await siege.keeper.queuePrefix() });
  }, 180_000);

  afterAll(async () => {
    await queues.close();
    await siege.stop();
  });

  /** Nobody takes messages while the provisioner stands still, so they pile up. */
  async function emptyWithJobsInIt(): Promise<void> {
    await siege.installation.kill('provisioner', 'SIGSTOP');
    await siege.acknowledges(WISHES);
    await eventually(async () => {
      expect((await queues.counts(PROVISIONING_COMMANDS)).waiting).toBeGreaterThan(0);
    });
    await redis().flush();
    await siege.installation.kill('provisioner', 'SIGCONT');
  }

  it('P3: emptied, away and back, it delays what is wanted, and nothing of it is lost or done twice', async () => {
    siege.begin();
    await siege.acknowledges(WISHES);

    await emptyWithJobsInIt();
    await siege.acknowledges(WISHES);

    await redis().crash();
    // Writes need no queue: they are acknowledged meanwhile, and their messages wait in the outbox.
    await siege.acknowledges(WISHES);
    expect(await siege.keeper.unsent()).toBeGreaterThan(0);
    await redis().startAgain();
    await siege.acknowledges(WISHES);

    await siege.settle();
    expect(await siege.brokenPromises()).toEqual([]);
    expect(siege.history.refusals()).not.toContain('queue_unavailable');
    await eventually(
      async () => {
        expect(await homesOf(siege.installation)).toEqual(await siege.keeper.containers());
      },
      { deadlineMs: 60_000 },
    );
  });
});
