import { type PipelineBody, type StageBody } from './pipeline-body';
import { toDefinition } from './to-definition';
import { validateDefinition } from './validate-definition';

const stage = (name: string, more: Partial<StageBody> = {}): StageBody => ({
  name,
  type: 'analysis',
  ...more,
});
const body = (more: Partial<PipelineBody> = {}): PipelineBody => ({
  name: 'nightly',
  stages: [stage('a'), stage('b'), stage('c')],
  ...more,
});
const faultsOf = (more: Partial<PipelineBody>): readonly string[] =>
  validateDefinition(body(more)).map(({ pointer, detail }) => `${pointer}: ${detail}`);

describe('a definition', () => {
  it('is fine as the required document prints it', () => {
    expect(validateDefinition(body({ dependencies: [{ from: 0, to: 1 }] }))).toEqual([]);
  });

  it.each<[string, Partial<PipelineBody>, string]>([
    ['no stage', { stages: [] }, '/stages: has no stage'],
    ['a name that is a path', { name: 'templates' }, '/name: must be'],
    ['an index below 0', { dependencies: [{ from: -1, to: 1 }] }, '/dependencies/0/from: is no stage'],
    ['an index that is no stage', { dependencies: [{ from: 0, to: 3 }] }, 'counted from 0 to 2'],
    ['a self edge', { dependencies: [{ from: 1, to: 1 }] }, '/dependencies/0: makes the stage "b" wait for'],
    [
      'an edge twice',
      {
        dependencies: [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
          { from: 0, to: 1 },
        ],
      },
      '/dependencies/2: says the same as /dependencies/0',
    ],
    [
      'a name twice',
      { stages: [stage('a'), stage('b'), stage('a')] },
      '/stages/2/name: is the name of stage 0',
    ],
    ['a name that no template could name', { stages: [stage('a b')] }, '/stages/0/name: must be'],
    ['a task without a type', { stages: [{ name: 'a' }] }, '/stages/0/type: is missing'],
    ['two runners', { stages: [stage('a', { task: {}, approval: {} })] }, '/stages/0/approval: cannot stand'],
    ['no time', { stages: [stage('a', { timeout: 0 })] }, '/stages/0/timeout: must be'],
    ['endless retries', { stages: [stage('a', { retry: { count: 21 } })] }, '/stages/0/retry/count: must be'],
    ['a capability', { stages: [stage('a', { task: { capabilities: ['x y'] } })] }, '/task/capabilities/0'],
    ['an approver', { stages: [stage('a', { approval: { approvers: ['me'] } })] }, '/approval/approvers/0'],
    ['a condition', { stages: [stage('a', { when: 'a > b' })] }, '/stages/0/when: wants'],
    ['a template', { stages: [stage('a', { input: ['${x}'] })] }, '/stages/0/input/0: ${x} is no reference'],
    [
      'a stage that is not there',
      { stages: [stage('a', { when: '${stages.z.status} == "failed"' })] },
      '/stages/0/when: ${stages.z.status} names a stage that is not there',
    ],
    [
      'its own output',
      { stages: [stage('a', { input: '${stages.a.output}' })] },
      '/stages/0/input: ${stages.a.output} asks for what this stage gives',
    ],
    [
      'a later stage',
      { stages: [stage('a', { input: { x: '${stages.b.output}' } }), stage('b')] },
      '/stages/0/input/x: ${stages.b.output} may not be there yet: "a" does not come after "b"',
    ],
    [
      'a stage beside it',
      {
        stages: [stage('a'), stage('b'), stage('c', { input: '${stages.b.output}' })],
        dependencies: [
          { from: 0, to: 1 },
          { from: 0, to: 2 },
        ],
      },
      '"c" does not come after "b"',
    ],
    [
      'in arguments of a tool',
      {
        stages: [
          stage('a', { tool: { server_name: 's', tool_name: 't', arguments: { q: '${stages.a.output}' } } }),
        ],
      },
      '/stages/0/tool/arguments/q: ',
    ],
    [
      'too many stages',
      { stages: Array.from({ length: 1_001 }, (_, n) => stage(`s${String(n)}`)) },
      '/stages: may hold 1000',
    ],
    [
      'too many edges',
      { dependencies: Array.from({ length: 10_001 }, () => ({ from: 0, to: 1 })) },
      '/dependencies: may hold 10000',
    ],
    ['a large one', { stages: [stage('a', { input: 'x'.repeat(1_100_000) })] }, ': may be 1048576 bytes'],
  ])('names %s', (_what, more, expected) => {
    const faults = faultsOf(more);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });

  it('names the way around a cycle, at the dependency that closes it', () => {
    const stages = ['a', 'b', 'c', 'd', 'e'].map((name) => stage(name));
    const dependencies = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 3, to: 1 },
      { from: 3, to: 4 },
    ];
    const [fault] = validateDefinition(body({ stages, dependencies }));
    expect(fault).toMatchObject({ code: 'cycle' });
    const way = /closes a cycle: (.*)/.exec(String(fault?.detail))?.[1]?.split(' → ') ?? [];
    expect([...way].sort()).toEqual(expect.arrayContaining(['b', 'c', 'd']));
    expect(way).toHaveLength(4);
    expect(way[0]).toBe(way[3]);
    const closing = dependencies[Number(/\d+/.exec(String(fault?.pointer))?.[0])];
    expect([closing?.from, closing?.to].map((at) => stages[Number(at)]?.name)).toEqual([way[2], way[3]]);
  });

  it('lets what undoes a stage see what the stage gave', () => {
    const compensation = { type: 'undo', input: '${stages.a.output.id}' };
    expect(faultsOf({ stages: [stage('a', { compensation })] })).toEqual([]);
  });

  it('finds the stages before a stage over any number of steps', () => {
    const stages = Array.from({ length: 100 }, (_, n) => stage(`s${String(n)}`));
    const last = stage('last', {
      input: ['${stages.s0.output}', '${stages.s63.output}', '${stages.s99.output}'],
    });
    expect(faultsOf({ stages: [...stages, last] })).toEqual([]);
  });

  it('takes a thousand stages with ten thousand dependencies', () => {
    const stages = Array.from({ length: 1_000 }, (_, n) =>
      stage(`s${String(n)}`, n === 0 ? {} : { input: `\${stages.s${String(n - 1)}.output}` }),
    );
    const dependencies = stages.flatMap((_, to) =>
      Array.from({ length: Math.min(10, to) }, (_unused, back) => ({ from: to - back - 1, to })),
    );
    expect(faultsOf({ stages, dependencies })).toEqual([]);
    const ring = stages.map((_, from) => ({ from, to: (from + 1) % 1_000 }));
    expect(faultsOf({ stages, dependencies: ring })[0]).toContain('… 981 more …');
  });
});

describe('what is left out of a definition', () => {
  it('is one stage after the other, required, an hour each, once', () => {
    const { stages, dependencies } = toDefinition(body());
    expect(dependencies).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2 },
    ]);
    expect(stages[0]).toEqual({
      name: 'a',
      type: 'analysis',
      required: true,
      timeoutS: 3_600,
      retry: { count: 0, delayS: 0 },
      onFailure: 'fail',
      runs: { kind: 'task' },
    });
  });

  it('gives people a week to answer', () => {
    const { stages } = toDefinition(body({ stages: [{ name: 'ok', approval: {} }] }));
    expect(stages[0]).toMatchObject({ type: 'approval', timeoutS: 604_800, runs: { kind: 'approval' } });
  });

  it('runs another pipeline by its id', () => {
    const pipeline = { pipeline: 'inner', pipeline_id: 'an-id', version: 2 };
    const { stages } = toDefinition(body({ stages: [{ name: 'in', pipeline }] }));
    expect(stages[0]?.runs).toEqual({ kind: 'pipeline', pipeline: 'an-id', version: 2 });
  });
});
