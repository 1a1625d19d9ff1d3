import { type InstanceSpec } from '@app/contracts';
import { eventually } from '@app/testing';
import { FAILPOINTS } from '../../../src/provisioner';
import { IMAGE, INSTALLATION, type Process, World } from './support/world';

const SPEC: InstanceSpec = { type: 'docker', image: IMAGE };
const RESTING = { sweepEveryMs: 3_600_000, probeIntervalMs: 3_600_000 };

describe('a provisioner that is killed', () => {
  it.each(FAILPOINTS)('%s leaves one container, and the next one finishes the work', async (failpoint) => {
    const world = await World.open();
    const died: Promise<void>[] = [];
    const first: Process = await world.start({
      failpoints: true,
      failpoint,
      onFailpoint: () => {
        died.push(first.kill());
        throw new Error('killed');
      },
    });
    const id = await world.want(SPEC);
    await eventually(() => {
      expect(died.length).toBeGreaterThan(0);
    });
    await Promise.all(died);
    expect(world.phases(id)).not.toContain('running');

    await world.start();
    await world.reaches(id, 'running');
    expect(world.containersOf(id)).toHaveLength(1);
    expect(await world.docker.listNetworks({ installation: INSTALLATION, instanceId: id })).toHaveLength(1);
    await world.close();
  });

  it('finds running containers again and leaves them in peace', async () => {
    const world = await World.open();
    const first = await world.start();
    const id = await world.want(SPEC);
    const before = await world.reaches(id, 'running');
    await first.kill();
    const told = world.reports(id).length;
    await world.start();
    await eventually(() => {
      expect(world.reports(id).length).toBeGreaterThan(told);
    });
    const after = world.reports(id).slice(told);
    expect(after.map(({ phase }) => phase)).toEqual(after.map(() => 'running'));
    expect(after[0]?.containers).toEqual(before.containers);
    expect(after[0]?.sequence).toBeGreaterThan(before.sequence);
    await world.close();
  });

  it('clears what was deleted while nobody was there', async () => {
    const world = await World.open();
    const first = await world.start();
    const [deleted, forgotten, updated] = [
      await world.want(SPEC),
      await world.want(SPEC),
      await world.want(SPEC),
    ];
    for (const id of [deleted, forgotten, updated]) await world.reaches(id, 'running');
    await first.kill();
    await world.change(deleted, { state: 'deleted' });
    await world.forget(forgotten);
    await world.change(updated);
    const second = await world.start();
    await world.reaches(deleted, 'deleted');
    await world.reaches(updated, 'running', 2);
    await eventually(() => {
      expect([...world.containersOf(deleted), ...world.containersOf(forgotten)]).toEqual([]);
    });
    expect(world.containersOf(updated)).toHaveLength(1);
    expect(second.provisioner.figures.strays).toBeGreaterThan(0);
    await world.close();
  });
});

describe('two provisioners', () => {
  it('act one at a time, and the second takes over when the first goes', async () => {
    const world = await World.open();
    const first = await world.start({ leaseTermMs: 3_000 });
    const id = await world.want(SPEC);
    await world.reaches(id, 'running');
    const second = await world.start({ leaseTermMs: 3_000 });
    expect([first, second].map(({ provisioner }) => provisioner.isActive())).toEqual([true, false]);
    await first.stop();
    await eventually(() => {
      expect(second.provisioner.isActive()).toBe(true);
    });
    const other = await world.want(SPEC);
    second.provisioner.look(other);
    await world.reaches(other, 'running');
    expect(world.containersOf(id)).toHaveLength(1);
    await world.close();
  });

  it('never act together: the one that lost its lease changes nothing any more', async () => {
    const world = await World.open();
    const zombie = await world.start({ leaseTermMs: 3_000, timing: RESTING });
    await eventually(() => {
      expect(zombie.provisioner.isActive()).toBe(true);
    });
    const open = world.docker.faults.block('pull');
    const id = await world.want({ type: 'docker', image: 'example/slow:1' });
    world.docker.registry.add('example/slow:1');
    zombie.provisioner.look(id);
    await eventually(() => {
      expect(world.docker.faults.calls).toContain('pull');
    });

    await world.db.execute(
      `UPDATE lease SET holder = 'somebody else', epoch = epoch + 1, until = now() + interval '1 hour'`,
    );
    await eventually(() => {
      expect(zombie.provisioner.isActive()).toBe(false);
    });
    const told = world.queues.reports.length;
    open();
    zombie.provisioner.look(id);
    // The pull that was under way ends; nothing follows it.
    await eventually(async () => {
      expect(await world.docker.imageInfo('example/slow:1')).toBeDefined();
    });
    expect(world.docker.containers.size).toBe(0);
    expect(world.queues.reports).toHaveLength(told);
    expect(world.docker.faults.calls).not.toContain('create');

    await world.db.execute(`UPDATE lease SET until = '-infinity'`);
    await world.reaches(id, 'running');
    await world.close();
  });

  it('end their own children when another one has taken over', async () => {
    const world = await World.open();
    const zombie = await world.start({ leaseTermMs: 3_000, timing: RESTING });
    await eventually(() => {
      expect(zombie.provisioner.isActive()).toBe(true);
    });
    const identity = {
      installation: INSTALLATION,
      instanceId: 'x',
      generation: 1,
      replica: 0,
      specHash: 'h',
    };
    const limits = { memoryBytes: 1, cpus: 1, pids: 1 };
    await world.bundled.create({
      identity,
      workload: { kind: 'bundled', name: 'echo' },
      environment: {},
      limits,
      stdio: true,
    });
    await world.db.execute(
      `UPDATE lease SET holder = 'somebody else', epoch = epoch + 1, until = now() + interval '1 hour'`,
    );
    await eventually(() => {
      expect(world.bundled.containers.size).toBe(0);
    });
    await world.close();
  });
});
