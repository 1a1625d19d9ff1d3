import { eventually } from '@app/testing';
import { type InstanceBody, uniqueName } from '../../api';
import { Engine } from '../../engine';
import { Installation } from '../../installation';
import { EngineWitness } from './engine-witness';
import { RecordKeeper } from './records';

const IMAGE = 'quayside-test/echo:latest';
const LIMIT_MS = 120_000;

/** Roles apart on a real engine, of which only the provisioner dies. */
export class ContainerStory {
  private constructor(
    readonly quayside: Installation,
    readonly engine: Engine,
    readonly witness: EngineWitness,
    private readonly keeper: RecordKeeper,
  ) {}

  static async open({ socketPath, host }: { socketPath: string; host: string }): Promise<ContainerStory> {
    const quayside = await Installation.start({ mode: 'roles', engine: host });
    const keeper = await RecordKeeper.open(quayside.database);
    return new ContainerStory(
      quayside,
      new Engine(socketPath),
      await EngineWitness.start(socketPath),
      keeper,
    );
  }

  async close(): Promise<void> {
    this.witness.stop();
    await this.keeper.close();
    await this.quayside.stop();
  }

  create(stem: string): Promise<InstanceBody> {
    return this.quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances', {
      name: uniqueName(stem),
      json_spec: { type: 'docker', image: IMAGE, port: 8080 },
    });
  }

  /** Starts a provisioner that ends itself with SIGKILL at a step, and waits until it has. */
  async diesAt(failpoint: string): Promise<void> {
    this.quayside.launch('provisioner', { FAILPOINT: failpoint });
    await this.quayside.ended('provisioner');
    await this.keeper.expireTermsOfTheDead('leases');
  }

  /** One container and one network with its labels, and the product knows and uses this very one. */
  async hasExactlyOne({ id, name }: InstanceBody): Promise<void> {
    const { container } = await this.quayside.reaches(id, 'running', LIMIT_MS);
    const containers = await this.engine.containersOf(id);
    expect(containers.map((each) => ({ id: each.Id, state: each.State }))).toEqual([
      { id: container?.id, state: 'running' },
    ]);
    expect(await this.engine.networksOf(id)).toHaveLength(1);
    const answer = await this.quayside.api.ok('POST', '/mcp/tools/call', {
      server_name: name,
      tool_name: 'echo',
      arguments: { message: name },
    });
    expect(JSON.stringify(answer['content'])).toContain(name);
  }

  /** Deletes it; nothing of it stays, and never were there two of it. */
  async endsWithNothingLeft({ id }: InstanceBody): Promise<void> {
    await this.quayside.api.ok('DELETE', `/api/v1/mcp/instances/${id}`);
    await this.quayside.vanishes(id, LIMIT_MS);
    await eventually(
      async () => {
        expect(await this.engine.containersOf(id)).toEqual([]);
        expect(await this.engine.networksOf(id)).toEqual([]);
      },
      { deadlineMs: LIMIT_MS },
    );
    expect(this.witness.mostAtOnce(id)).toBe(1);
  }
}
