import { describeWithEngine } from '@app/testing';
import { FAILPOINTS } from '../../../src/provisioner';
import { ContainerStory } from './support/container-story';

/** One start of a process for each step, on a machine that may be busy. */
jest.setTimeout(600_000);

describeWithEngine('a provisioner that is killed while it creates a container', (engine) => {
  let story: ContainerStory;

  beforeAll(async () => {
    story = await ContainerStory.open(engine);
  }, 180_000);

  afterAll(() => story.close());

  it('P2: at each step in turn, leaves exactly one container, which answers', async () => {
    await story.quayside.kill('provisioner', 'SIGTERM');
    const instance = await story.create('killed');
    for (const failpoint of FAILPOINTS) {
      await story.diesAt(failpoint);
      expect((await story.engine.containersOf(instance.id)).length).toBeLessThanOrEqual(1);
    }

    story.quayside.launch('provisioner');
    await story.hasExactlyOne(instance);
    await story.endsWithNothingLeft(instance);
  });
});
