import { patchOf } from './task';

describe('a task in the list', () => {
  it('is changed by what a frame says, and waits for nothing once it runs', () => {
    const told = { type: 'task_update', task_id: 't', status: 'running', progress: 0, sequence: 3 };
    expect(patchOf({ ...told, assigned_agent: 'a', attempt: 1, timestamp: 'now' })).toEqual({
      id: 't',
      sequence: 3,
      changes: {
        ...{ status: 'running', progress: 0, assigned_agent: 'a', attempt: 1 },
        ...{ updated_at: 'now', waiting_for: null },
      },
    });
    expect(patchOf({ ...told, status: 'pending' })?.changes).toEqual({ status: 'pending', progress: 0 });
  });

  it('is not changed by the error that is told beside its end', () => {
    expect(patchOf({ type: 'error', task_id: 't', error: 'Task execution failed' })).toBeUndefined();
  });
});
