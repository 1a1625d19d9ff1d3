import { type InstanceSpec } from '@app/contracts';
import { eventually } from '@app/testing';
import { IMAGE, type Process, World } from './support/world';

const SPEC: InstanceSpec = { type: 'docker', image: IMAGE };

describe('a report that the queue lost', () => {
  let world: World;
  let process: Process;
  beforeAll(async () => {
    world = await World.open();
    process = await world.start({ timing: { repeatUnheardAfterMs: 0 } });
  });
  afterAll(() => world.close());

  it('is told again when a look says that it has not arrived, and only then', async () => {
    const id = await world.want(SPEC);
    const { sequence } = await world.reaches(id, 'running');
    const told = world.reports(id).length;

    process.provisioner.heard(id, sequence);
    process.provisioner.look(id);
    const other = await world.want(SPEC);
    await world.reaches(other, 'running');
    expect(world.reports(id)).toHaveLength(told);

    process.provisioner.heard(id, sequence - 1);
    await eventually(() => {
      expect(world.reports(id)).toHaveLength(told + 1);
    });
    expect(world.reports(id).at(-1)).toMatchObject({ phase: 'running', generation: 1 });
    expect(world.reports(id).at(-1)?.sequence).toBeGreaterThan(sequence);
  });
});
