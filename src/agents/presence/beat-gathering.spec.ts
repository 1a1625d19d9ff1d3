import { BeatGathering, type SaidBeat } from './beat-gathering';

const SOON_MS = 5;

describe('gathered heartbeats', () => {
  const runs: (readonly SaidBeat[])[] = [];
  const gathering = (run: (beats: readonly SaidBeat[]) => ReadonlyMap<string, string>) =>
    new BeatGathering<string>({
      ...{ everyMs: SOON_MS, batchMax: 2 },
      run: (beats) => {
        runs.push(beats);
        return Promise.resolve(run(beats));
      },
    });

  beforeEach(() => {
    runs.length = 0;
  });

  it('are answered together, of each agent the newest, and no more at once than fit', async () => {
    const beats = gathering((some) => new Map(some.map(({ agentId, load }) => [agentId, String(load)])));
    const answers = await Promise.all([
      beats.beat({ agentId: 'a', load: 0.1 }),
      beats.beat({ agentId: 'b', load: 0.2 }),
      beats.beat({ agentId: 'a', load: 0.3 }),
      beats.beat({ agentId: 'c', load: 0.4 }),
    ]);
    expect(answers).toEqual(['0.3', '0.2', '0.3', '0.4']);
    expect(runs.map((run) => run.length)).toEqual([2, 1]);
  });

  it('of an agent that is gone have no answer, and a failure is told to all who wait', async () => {
    await expect(gathering(() => new Map()).beat({ agentId: 'a' })).resolves.toBeUndefined();
    const broken = gathering(() => {
      throw new Error('away');
    });
    await expect(Promise.all([broken.beat({ agentId: 'a' }), broken.beat({ agentId: 'b' })])).rejects.toThrow(
      'away',
    );
  });
});
