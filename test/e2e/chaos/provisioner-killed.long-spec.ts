import { describeWithEngine } from '@app/testing';
import { FAILPOINTS } from '../../../src/provisioner';
import { ContainerStory } from './support/container-story';

jest.setTimeout(600_000);

describeWithEngine('a provisioner that is killed once while it creates a container', (engine) => {
  let story: ContainerStory;

  beforeAll(async () => {
    story = await ContainerStory.open(engine);
  }, 180_000);

  afterAll(() => story.close());

  it.each(FAILPOINTS)('%s, leaves exactly one container, which answers', async (failpoint) => {
    await story.quayside.kill('provisioner', 'SIGTERM');
    const instance = await story.create(failpoint);
    await story.diesAt(failpoint);

    story.quayside.launch('provisioner');
    await story.hasExactlyOne(instance);
    await story.endsWithNothingLeft(instance);
  });
});
