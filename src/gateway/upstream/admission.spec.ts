import { McpBusyError, McpRequestRefusedError, McpUnreachableError } from '@app/mcp';
import { Admission } from './admission';

const about = { serverName: 'one' };
const outage = () => new McpUnreachableError('gone', 'tcp', about);
const PLACES = 64;

/** Enters and leaves; whether there was a way in. */
function pass(admission: Admission, error?: Error): boolean {
  if (!admission.tryEnter()) return false;
  admission.leave(error);
  return true;
}

describe('the admission of calls that hold no promise', () => {
  it('ends where the places do, and begins again with each that is left', () => {
    const admission = new Admission('one');
    for (let place = 0; place < PLACES; place += 1) expect(admission.tryEnter()).toBe(true);
    expect(admission.tryEnter()).toBe(false);
    admission.leave();
    expect(admission.tryEnter()).toBe(true);
    expect(admission.active).toBe(PLACES);
  });

  it('opens the circuit after failures in a row, for every kind of call', async () => {
    const admission = new Admission('one');
    for (let call = 0; call < 4; call += 1) pass(admission, outage());
    pass(admission);
    for (let call = 0; call < 4; call += 1) pass(admission, outage());
    pass(admission, new McpRequestRefusedError('no', -32602, about));
    expect(admission.circuit()).toBe('closed');
    for (let call = 0; call < 5; call += 1) pass(admission, outage());
    await new Promise((resolve) => setImmediate(resolve));
    expect(admission.circuit()).toBe('open');
    expect(pass(admission)).toBe(false);
    await expect(admission.run(() => Promise.resolve())).rejects.toThrow(/failed too often/);
  });

  it('holds everybody back when the server asks for time', () => {
    const admission = new Admission('one');
    pass(admission, new McpBusyError('busy', 'http', { ...about, retryAfterS: 30 }));
    expect(pass(admission)).toBe(false);
  });
});
