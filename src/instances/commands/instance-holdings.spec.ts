import { type InstanceSpec } from '@app/contracts';
import { amountsOf } from './instance-holdings';

const docker: InstanceSpec = {
  ...{ type: 'docker', image: 'example/any:1' },
  resources: { memory_limit: '1g', cpu_limit: '0.25' },
};

const stdio: InstanceSpec = { type: 'stdio', command: 'echo' };
const url: InstanceSpec = { type: 'url', endpoint: 'https://example.com/mcp' };
/** In MiB, for readers. */
const mib = (count: number): number => count * 1_048_576;

describe('what an instance holds', () => {
  it.each([
    { desired: 'running', replicas: 2, spec: docker, running: 2, memory: mib(2_048), cpu: 500 },
    { desired: 'running', replicas: 1, spec: stdio, running: 1, memory: mib(256), cpu: 500 },
    { desired: 'running', replicas: 1, spec: url, running: 1, memory: 0, cpu: 0 },
  ] as const)(
    'wanted $desired, of type $spec.type, $replicas times',
    ({ running, memory, cpu, ...state }) => {
      expect(amountsOf(state)).toEqual({
        ...{ instances: 1, running_instances: running, memory_bytes: memory, cpu_millis: cpu },
      });
    },
  );

  it('is its place alone when it is stopped, and nothing when it goes', () => {
    expect(amountsOf({ desired: 'stopped', replicas: 2, spec: docker })).toEqual({ instances: 1 });
    expect(amountsOf({ desired: 'deleted', replicas: 2, spec: docker })).toEqual({});
  });
});
