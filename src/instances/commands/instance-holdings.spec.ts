import { type InstanceSpec } from '@app/contracts';
import { amountsOf } from './instance-holdings';

const docker: InstanceSpec = {
  ...{ type: 'docker', image: 'example/any:1' },
  resources: { memory_limit: '1g', cpu_limit: '0.25' },
};

describe('what an instance holds', () => {
  it.each([
    ['running', 2, docker, { instances: 1, running_instances: 2, memory_bytes: 2 ** 31, cpu_millis: 500 }],
    ['stopped', 2, docker, { instances: 1 }],
    ['deleted', 2, docker, {}],
    [
      ...['running', 1, { type: 'stdio', command: 'echo' }],
      { instances: 1, running_instances: 1, memory_bytes: 268_435_456, cpu_millis: 500 },
    ],
    [
      ...['running', 1, { type: 'url', endpoint: 'https://example.com/mcp' }],
      { instances: 1, running_instances: 1, memory_bytes: 0, cpu_millis: 0 },
    ],
  ])('%s with %i replicas', (desired, replicas, spec, amounts) => {
    const state = { desired, replicas, spec } as Parameters<typeof amountsOf>[0];
    expect(amountsOf(state)).toEqual(amounts);
  });
});
