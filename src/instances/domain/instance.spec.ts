import { Instance } from './instance';

const NOW = new Date('2026-11-22T12:00:00Z');
const SPEC = { type: 'docker', image: 'mcp/echo:1' } as const;

const made = (): Instance => {
  const about = { id: 'i-1', name: 'echo', description: '', labels: {}, serverSpecId: null, agentId: null };
  return Instance.create({ ...about, spec: SPEC, undeclaredEnvironment: [], replicas: 1 }, NOW);
};
const generations = (instance: Instance): readonly [generation: number, ofContainers: number] => [
  instance.snapshot().generation,
  instance.containerGeneration,
];

describe('the containers of an instance', () => {
  it('stay when only their number changes, however often', () => {
    const instance = made();
    instance.change({ replicas: 3 }, NOW);
    instance.change({ replicas: 2 }, NOW);
    expect(generations(instance)).toEqual([3, 1]);
  });

  it.each([
    [
      'what they run changes',
      (instance: Instance) => {
        instance.change({ replicas: 3, spec: { ...SPEC, port: 80 } }, NOW);
      },
    ],
    [
      'a secret changes with their number',
      (instance: Instance) => {
        instance.change({ replicas: 3, secretsChanged: true }, NOW);
      },
    ],
    [
      'they are restarted',
      (instance: Instance) => {
        instance.restart(NOW);
      },
    ],
  ])('are made anew when %s', (_when, change) => {
    const instance = made();
    change(instance);
    expect(generations(instance)).toEqual([2, 2]);
  });

  it('are those of the generation that the store names', () => {
    const stored = made();
    stored.change({ replicas: 2 }, NOW);
    const instance = Instance.restore(stored.snapshot(), stored.containerGeneration);
    instance.change({ replicas: 4 }, NOW);
    expect(generations(instance)).toEqual([3, 1]);
    instance.stop(NOW);
    expect(generations(instance)).toEqual([4, 4]);
  });
});
