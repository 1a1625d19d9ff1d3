import { storedStages, toldStages } from './completed-stages';

describe('the completed stages of a run in its events', () => {
  it.each([[[]], [[0]], [[0, 1, 7, 8]], [[499]], [Array.from({ length: 1_000 }, (_, at) => at)]])(
    'are told as they were stored: %j',
    (positions) => {
      expect(toldStages({ run_id: 'r-1', ...storedStages(positions) })).toEqual({
        run_id: 'r-1',
        completed_stages: positions,
      });
    },
  );

  it('are told in the order of the stages, whichever completed first', () => {
    expect(toldStages(storedStages([4, 0, 2]))).toEqual({ completed_stages: [0, 2, 4] });
  });

  it('take less room than one short sentence, however many there are', () => {
    const all = Array.from({ length: 1_000 }, (_, at) => at);
    expect(JSON.stringify(storedStages(all)).length).toBeLessThan(200);
  });

  it('stay as they are in events that have the list, and are made up for none', () => {
    const old = { completed_stages: [1, 0] };
    expect(toldStages(old)).toBe(old);
    const other = { instance_id: 'i-1' };
    expect(toldStages(other)).toBe(other);
  });
});
