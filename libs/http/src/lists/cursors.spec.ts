import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { Keyring } from '@app/security';
import { type Principal, requestContext, systemScope } from '@app/telemetry';
import { Cursors, InvalidCursorError } from './cursors';

const POSITION = { sort: '2026-11-21T10:00:00.000Z', id: 'b1' };
const FILTER = { status: 'running', q: undefined, sort: '-created_at' };
const DAY_MS = 86_400_000;

describe('Cursors', () => {
  let now = 0;
  const cursors = new Cursors(Keyring.fromSetting(randomBytes(32).toString('base64')), () => now);
  const cursor = cursors.encode(POSITION, FILTER);

  it('find their place again, whatever the order of the filter', () => {
    expect(cursors.decode(cursor, { sort: '-created_at', status: 'running' })).toEqual(POSITION);
  });

  it('tell nothing about the place', () => {
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain(POSITION.id);
  });

  it.each([
    ['another filter', cursor, { ...FILTER, status: 'failed' }],
    ['fewer filters', cursor, {}],
    [
      'a changed letter',
      cursor.slice(0, 30) + (cursor.charAt(30) === 'A' ? 'B' : 'A') + cursor.slice(31),
      FILTER,
    ],
    ['nothing', '', FILTER],
    ['SQL', "' OR 1=1 --", FILTER],
  ])('are refused with %s', (_, text, filter) => {
    expect(() => cursors.decode(text, filter)).toThrow(InvalidCursorError);
  });

  it('are refused to another caller', () => {
    const as = (id: string) => {
      const principal: Principal = {
        id,
        kind: 'key',
        name: id,
        role: 'viewer',
        permissions: new Set(),
        workspaceId: DEFAULT_WORKSPACE_ID,
      };
      return <T>(work: () => T) => requestContext.run({ ...systemScope('test'), principal }, work);
    };
    const hers = as('ada')(() => cursors.encode(POSITION, FILTER));
    expect(as('ada')(() => cursors.decode(hers, FILTER))).toEqual(POSITION);
    expect(() => as('bob')(() => cursors.decode(hers, FILTER))).toThrow(InvalidCursorError);
  });

  it('end after a day', () => {
    now = DAY_MS;
    expect(cursors.decode(cursor, FILTER)).toEqual(POSITION);
    now = DAY_MS + 1;
    expect(() => cursors.decode(cursor, FILTER)).toThrow(InvalidCursorError);
  });

  it('are absent on the last page, and not needed on the first', () => {
    expect(cursors.nextOf(null, FILTER)).toBeNull();
    expect(cursors.startOf(undefined, FILTER)).toBeUndefined();
  });
});
