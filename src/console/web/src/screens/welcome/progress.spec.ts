import { type Facts, isDone, progressOf } from './progress';

const NOTHING: Facts = { instances: [], clients: [], calls: [] };
const DEMO = {
  instances: [{ name: 'everything', status: 'running' }],
  calls: [{ server_name: 'everything', calls: 1 }],
};
const CLIENT = { client_name: 'claude-code', connected_at: '2026-11-22T06:00:00.000Z' };

describe('how far somebody has come', () => {
  it('is nowhere on an empty installation', () => {
    expect(progressOf(NOTHING)).toEqual({ running: [], called: false });
  });

  it('is one step after the first start, whose own call does not count', () => {
    expect(progressOf({ ...NOTHING, ...DEMO })).toMatchObject({ running: ['everything'], called: false });
  });

  it('shows what is on its way, and not what was stopped', () => {
    const instances = [
      { name: 'old', status: 'stopped' },
      { name: 'new', status: 'creating' },
    ];
    expect(progressOf({ ...NOTHING, instances }).starting).toEqual({ name: 'new', status: 'creating' });
  });

  it('is complete when a client came and called', () => {
    const connected = { ...NOTHING, ...DEMO, clients: [CLIENT] };
    expect(isDone(progressOf(connected))).toBe(false);
    const called = { ...CLIENT, called_at: CLIENT.connected_at, tool_name: 'echo' };
    expect(isDone(progressOf({ ...connected, clients: [called] }))).toBe(true);
  });

  it('counts a call from the playground too', () => {
    const calls = [...DEMO.calls, { server_name: 'memory', calls: 1 }];
    expect(progressOf({ ...NOTHING, ...DEMO, calls }).called).toBe(true);
  });
});
