import { describeWithEngine, eventually } from '@app/testing';
import { FAILPOINTS } from '../../../src/provisioner';
import { type InstanceBody, uniqueName } from '../api';
import { Engine } from '../engine';
import { Installation } from '../installation';
import { EngineWitness } from './support/engine-witness';
import { RecordKeeper } from './support/records';

jest.setTimeout(240_000);

const IMAGE = 'quayside-test/echo:latest';

describeWithEngine('a provisioner that is killed while it creates a container', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);
  let quayside: Installation;
  let keeper: RecordKeeper;
  let witness: EngineWitness;

  beforeAll(async () => {
    quayside = await Installation.start({ mode: 'roles', engine: host });
    keeper = await RecordKeeper.open(quayside.database);
    witness = await EngineWitness.start(socketPath);
  }, 180_000);

  afterAll(async () => {
    witness.stop();
    await keeper.close();
    await quayside.stop();
  });

  const create = (name: string): Promise<InstanceBody> =>
    quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances', {
      name,
      json_spec: { type: 'docker', image: IMAGE, port: 8080 },
    });

  const hasNothingLeft = (id: string): Promise<void> =>
    eventually(
      async () => {
        expect(await engine.containersOf(id)).toEqual([]);
        expect(await engine.networksOf(id)).toEqual([]);
      },
      { deadlineMs: 60_000 },
    );

  it.each(FAILPOINTS)(
    'P2: %s, is followed by one that leaves exactly one container, which answers',
    async (failpoint) => {
      await quayside.stopRole('provisioner');
      quayside.launch('provisioner', { FAILPOINT: failpoint });
      const { id, name } = await create(uniqueName(failpoint));
      await quayside.ended('provisioner');

      await keeper.expireTermsOfTheDead('leases');
      quayside.launch('provisioner');
      const { container } = await quayside.reaches(id, 'running', 120_000);

      const containers = await engine.containersOf(id);
      expect(containers.map(({ Id, State }) => ({ id: Id, state: State }))).toEqual([
        { id: container?.id, state: 'running' },
      ]);
      expect(await engine.networksOf(id)).toHaveLength(1);
      const answer = await quayside.api.ok('POST', '/mcp/tools/call', {
        server_name: name,
        tool_name: 'echo',
        arguments: { message: failpoint },
      });
      expect(JSON.stringify(answer['content'])).toContain(failpoint);

      await quayside.api.ok('DELETE', `/api/v1/mcp/instances/${id}`);
      await quayside.vanishes(id, 120_000);
      await hasNothingLeft(id);
      expect(witness.mostAtOnce(id)).toBe(1);
    },
  );
});
