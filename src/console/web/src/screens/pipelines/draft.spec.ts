import {
  changed,
  closesCycle,
  connected,
  disconnected,
  type Draft,
  draftIn,
  faultyPlaces,
  kindOf,
  withKind,
  withoutStage,
  withStage,
} from './draft';

const chain = (count: number): Draft => ({
  name: 'p',
  stages: Array.from({ length: count }, (_, at) => ({ name: `stage-${at + 1}` })),
  dependencies: Array.from({ length: count - 1 }, (_, from) => ({ from, to: from + 1 })),
});

describe('a pipeline while it is edited', () => {
  it('gets stages behind the last one, or behind the one that is selected, with names that are free', () => {
    const { draft, at } = withStage({ ...chain(2), stages: [{ name: 'stage-3' }, { name: 'x' }] }, 0);
    expect([at, draft.stages[2]?.name, draft.dependencies]).toEqual([
      2,
      'stage-4',
      [
        { from: 0, to: 1 },
        { from: 0, to: 2 },
      ],
    ]);
    expect(withStage({ ...chain(1), stages: [], dependencies: [] }, undefined).draft.dependencies).toEqual(
      [],
    );
  });

  it('closes the gap where a stage is taken out, and counts the places anew', () => {
    const { stages, dependencies } = withoutStage(chain(4), 1);
    expect(stages.map(({ name }) => name)).toEqual(['stage-1', 'stage-3', 'stage-4']);
    expect(dependencies).toEqual([
      { from: 1, to: 2 },
      { from: 0, to: 1 },
    ]);
  });

  it.each([
    [{ from: 2, to: 0 }, true],
    [{ from: 1, to: 1 }, true],
    [{ from: 0, to: 2 }, false],
  ])('knows before it is drawn whether %j closes a cycle: %s', (edge, expected) => {
    expect(closesCycle(chain(3), edge)).toBe(expected);
  });

  it('has an edge once, and no more when it is taken away', () => {
    const edge = { from: 0, to: 2 };
    const drawn = connected(connected(chain(3), edge), edge);
    expect(drawn.dependencies).toHaveLength(3);
    expect(disconnected(drawn, edge).dependencies).toEqual(chain(3).dependencies);
  });

  it('is done by one kind, and forgets what the other kinds said', () => {
    const tool = withKind(changed(chain(1), 0, { approval: { message: 'Really?' } }), 0, 'tool');
    expect(kindOf(tool.stages[0]!)).toBe('tool');
    expect(tool.stages[0]).not.toHaveProperty('approval');
    expect(kindOf(withKind(tool, 0, 'task').stages[0]!)).toBe('task');
  });

  it('is read from JSON: without dependencies its stages stand in a row', () => {
    expect(draftIn('{"name":"p","stages":[{"name":"a"},{"name":"b"}]}')?.dependencies).toEqual([
      { from: 0, to: 1 },
    ]);
    expect(['{', '[]', '{"name":1,"stages":[]}', '{"name":"p","stages":[1]}'].map(draftIn)).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('shows at which stage and which edge something is wrong', () => {
    const at = (pointer: string) => ({ pointer, code: 'x', detail: '' });
    const faults = [at('/stages/3/name'), at('/stages/10'), at('/dependencies/2'), at('/name')];
    const { stages, dependencies } = faultyPlaces(faults);
    expect([[...stages], [...dependencies]]).toEqual([[3, 10], [2]]);
  });
});
