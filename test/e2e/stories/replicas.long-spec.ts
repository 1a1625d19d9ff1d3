import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { Engine } from '../engine';
import { Installation } from '../installation';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

const REACHED_WITHIN_MS = 120_000;
/** Calls at once; more than a replica of three is busy with. */
const CALLERS = 6;

describeWithEngine('an instance of several replicas', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);
  let quayside: Installation;
  let made: InstanceBody;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: host });
    const json_spec = { type: 'docker', image: 'quayside-test/normal:latest', port: 8080 };
    const body = { name: 'several', json_spec };
    const { id } = await quayside.api.ok<InstanceBody>('POST', '/api/v1/mcp/instances?wait=60', body);
    made = await quayside.reaches(id, 'running', REACHED_WITHIN_MS);
  });
  afterAll(() => quayside.stop());

  const slow = (ms: number) => {
    const body = { server_name: 'several', tool_name: 'slow', arguments: { ms } };
    return quayside.api.request('POST', '/api/v1/mcp/tools/call', body);
  };
  const now = () => quayside.api.ok<InstanceBody>('GET', `/api/v1/mcp/instances/${made.id}`);
  const idsOf = ({ container, containers }: InstanceBody): readonly string[] =>
    (containers ?? (container === undefined ? [] : [container])).map(({ id }) => id);
  const scaleTo = async (replicas: number): Promise<InstanceBody> => {
    const path = `/api/v1/mcp/instances/${made.id}?wait=60`;
    const { generation } = await quayside.api.ok<InstanceBody>('PATCH', path, { replicas });
    return eventually(
      async () => {
        const seen = await now();
        expect(seen).toMatchObject({ generation, status: 'running' });
        expect(idsOf(seen)).toHaveLength(replicas);
        return seen;
      },
      { deadlineMs: REACHED_WITHIN_MS },
    );
  };

  it('grows and shrinks beside the calls that are under way, and goes on when one is killed', async () => {
    const [first] = idsOf(made);
    const before = slow(3_000);
    const grown = await scaleTo(3);
    expect(idsOf(grown)).toContain(first);
    expect((await before).status).toBe(200);
    expect((await engine.containersOf(made.id)).map(({ State }) => State)).toEqual(Array(3).fill('running'));

    const answers: { readonly status: number; readonly code: unknown }[] = [];
    let isOver = false;
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!isOver) {
        const { status, body } = await slow(200);
        answers.push({ status, code: body['code'] });
      }
    });
    await eventually(() => {
      expect(answers.length).toBeGreaterThan(CALLERS * 2);
    });
    const victim = idsOf(grown).find((id) => id !== first)!;
    await engine.kill(victim);
    const replaced = await eventually(
      async () => {
        const seen = await now();
        expect(seen.status).toBe('running');
        expect(idsOf(seen)).toHaveLength(3);
        expect(idsOf(seen)).not.toContain(victim);
        return seen;
      },
      { deadlineMs: REACHED_WITHIN_MS },
    );
    const soFar = answers.length;
    await eventually(() => {
      expect(answers.length).toBeGreaterThan(soFar + CALLERS);
    });
    isOver = true;
    await Promise.all(callers);

    // Only what was under way at the one that was killed may be lost, and who called is told that it may have run.
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost.length).toBeLessThanOrEqual(CALLERS);
    expect(new Set(lost.map(({ code }) => code))).toEqual(
      new Set(lost.length > 0 ? ['call_outcome_unknown'] : []),
    );
    expect(idsOf(replaced)).toEqual(expect.arrayContaining(idsOf(grown).filter((id) => id !== victim)));

    expect(idsOf(await scaleTo(1))).toEqual([first]);
    await eventually(async () => {
      expect(await engine.containersOf(made.id)).toHaveLength(1);
    });
  });
});
