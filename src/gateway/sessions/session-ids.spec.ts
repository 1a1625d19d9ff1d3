import { randomBytes } from 'node:crypto';
import { type JsonObject } from '@app/kernel';
import { Keyring } from '@app/security';
import { SessionIds } from './session-ids';

const setting = randomBytes(32).toString('base64');
const made = () => new SessionIds(Keyring.fromSetting(setting));
const binding = { principalId: 'key-1', route: 'relay/i-1' };
const payload = { u: 'upstream-session', g: 3 };

describe('the id of a session', () => {
  it('is opened for whom it was sealed, by any process with the same key', () => {
    const id = made().seal(payload, binding);
    expect(made().open(id, binding)).toEqual(payload);
    expect(id.length).toBeLessThanOrEqual(512);
    expect(id).toMatch(/^[\x21-\x7e]+$/);
  });

  it.each([
    ['another caller', { ...binding, principalId: 'key-2' }],
    ['another server', { ...binding, route: 'relay/i-2' }],
  ])('does not exist for %s, whether it was seen before or not', (_who, other) => {
    const ids = made();
    const id = ids.seal(payload, binding);
    expect(ids.open(id, other)).toBeUndefined();
    expect(made().open(id, other)).toBeUndefined();
  });

  it('is read once for as long as it is remembered, and by nobody else', () => {
    const ids = made();
    const id = ids.seal(payload, binding);
    const reader = jest.fn(({ u }: JsonObject) => ({ upstreamId: u }));
    const reading = ids.read(id, binding, reader);
    expect(reading).toEqual({ upstreamId: payload.u });
    expect(ids.read(id, binding, reader)).toBe(reading);
    expect(reader).toHaveBeenCalledTimes(1);
    expect(ids.read(id, { ...binding, principalId: 'key-2' }, reader)).toBeUndefined();
    ids.forget(id);
    expect(ids.read(id, binding, reader)).toEqual(reading);
    expect(reader).toHaveBeenCalledTimes(2);
  });

  it('goes on to be opened when so many came after it that what it says is not remembered', () => {
    const ids = made();
    const [first, last] = [ids.seal(payload, binding), ids.seal(payload, binding)];
    const reader = jest.fn(({ u }: JsonObject) => ({ upstreamId: u }));
    ids.read(first, binding, reader);
    for (let more = 0; more < 10_000; more += 1) ids.seal(payload, binding);
    expect(ids.read(first, binding, reader)).toEqual({ upstreamId: payload.u });
    expect(reader).toHaveBeenCalledTimes(2);
    expect(ids.open(last, binding)).toEqual(payload);
  });

  it('is none for a reader who makes nothing of it', () => {
    const ids = made();
    expect(ids.read(ids.seal(payload, binding), binding, () => undefined)).toBeUndefined();
  });

  it('is not what was altered, cut, invented, or sealed with another key', () => {
    const id = made().seal(payload, binding);
    const other = new SessionIds(Keyring.fromSetting(randomBytes(32).toString('base64')));
    const altered = `${id.slice(0, -2)}${id.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const text of [altered, id.slice(0, 40), '', 'x'.repeat(5_000)])
      expect(made().open(text, binding)).toBeUndefined();
    expect(other.open(id, binding)).toBeUndefined();
  });
});
