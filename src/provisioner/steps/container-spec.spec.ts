import { type DockerSpec } from '@app/contracts';
import { desiredFromRow } from '../decide/desired';
import { InstanceMemory } from '../runner/instance-memory';
import { containerSpecOf, limitsOf } from './container-spec';
import { InstanceSecrets } from './instance-secrets';
import { PullProgressText } from './pull-progress';

const REF = 'secret_ref:shared:API_KEY';
const spec: DockerSpec = { type: 'docker', image: 'a:1', environment: { MODE: 'fast', API_KEY: REF } };
const reader = { read: () => Promise.resolve(new Map([[REF, { value: 's3cret-value', version: 4 }]])) };

async function planFor(over: Partial<DockerSpec>, requiresStrongDelivery: boolean) {
  const memory = new InstanceMemory();
  const full = { ...spec, ...over };
  const environment = await new InstanceSecrets(reader).environmentOf('i-1', full.environment, memory);
  const desired = desiredFromRow({
    id: 'i-1',
    name: 'server',
    generation: 1,
    container_generation: 1,
    desired_state: 'running',
    replicas: 1,
    spec: full,
  });
  const plan = { installation: 'here', desired, spec: full, replica: 0, networkId: 'n', environment };
  return { memory, container: containerSpecOf({ ...plan, requiresStrongDelivery }) };
}

describe('the secrets of a container', () => {
  it('stay out of its configuration, and their use is noted once', async () => {
    const { memory, container } = await planFor({}, false);
    expect(container.environment).toEqual({ MODE: 'fast' });
    expect(container.secrets?.values).toEqual(new Map([['API_KEY', 's3cret-value']]));
    expect(memory.secretsRead).toEqual([{ ref: REF, version: 4 }]);
  });

  it.each([
    [undefined, false, false, true],
    [['file'] as const, false, true, true],
    [undefined, true, false, false],
    [['file'] as const, true, true, false],
  ])('deliveries %o, strong only: %s', async (deliveries, strong, acceptsFiles, allowPlainEnvironment) => {
    const { container } = await planFor(
      deliveries === undefined ? {} : { secret_delivery: deliveries },
      strong,
    );
    expect(container.secrets).toMatchObject({ acceptsFiles, allowPlainEnvironment });
  });

  it('are not spoken of where there are none', async () => {
    const { container } = await planFor({ environment: { MODE: 'fast' } }, true);
    expect(container.secrets).toBeUndefined();
  });
});

describe('limitsOf', () => {
  it.each([
    ['256m', 256 * 1024 ** 2],
    ['1g', 1024 ** 3],
    ['0.5G', 512 * 1024 ** 2],
    ['4096', 4096],
    ['64mb', 64 * 1024 ** 2],
    ['nonsense', 256 * 1024 ** 2],
  ])('reads %s', (memory_limit, memoryBytes) => {
    expect(limitsOf({ memory_limit }).memoryBytes).toBe(memoryBytes);
  });

  it('has a limit where nothing is said', () => {
    expect(limitsOf()).toEqual({ memoryBytes: 256 * 1024 ** 2, cpus: 0.5, pids: 128 });
  });
});

describe('PullProgressText', () => {
  it('sums the layers up in one sentence', () => {
    const text = new PullProgressText('a:1');
    expect(text.toString()).toBe('The image a:1 is being pulled.');
    const half = 1024 * 1024;
    text.add({ status: 'Downloading', layer: 'x', currentBytes: half, totalBytes: null });
    text.add({ status: 'Already exists', layer: 'y', currentBytes: 0, totalBytes: null });
    text.add({ status: 'Extracting', layer: 'x', currentBytes: 1, totalBytes: null });
    expect(text.toString()).toBe('The image a:1 is being pulled: 1 of 2 layers, 1.0 MiB so far.');
  });
});
