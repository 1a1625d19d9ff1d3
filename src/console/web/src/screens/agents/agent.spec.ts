import { type Agent, fits, patchOf } from './agent';

const agent = { name: 'data-processor', capabilities: ['ocr', 'sums'] } as unknown as Agent;

describe('an agent in the list', () => {
  it.each([
    [undefined, true],
    ['DATA', true],
    ['sum', true],
    ['song', false],
  ])('is found by its name and what it can do: %s', (q, found) => {
    expect(fits(agent, q)).toBe(found);
  });

  it('is changed by what a frame says, and no more', () => {
    const told = { type: 'agent_update', agent_id: 'a', status: 'active', current_load: 0.5, sequence: 7 };
    expect(patchOf({ ...told, timestamp: 'now' })).toEqual({
      id: 'a',
      sequence: 7,
      changes: { status: 'active', current_load: 0.5, last_heartbeat: 'now' },
    });
    expect(patchOf({ ...told, status: 'lost', reason: 'Silence.', timestamp: 'now' })?.changes).toEqual({
      ...{ status: 'lost', current_load: 0.5, status_reason: 'Silence.' },
    });
    expect(patchOf({ type: 'agent_update' })).toBeUndefined();
  });
});
