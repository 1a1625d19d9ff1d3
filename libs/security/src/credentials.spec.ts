import { randomBytes } from 'node:crypto';
import {
  bridgeToken,
  hashApiKey,
  isBridgeToken,
  Keyring,
  matchesApiKey,
  newApiKey,
  parseApiKey,
  redactHeaders,
  signRequest,
  UnsignedRequestError,
  verifyRequest,
} from './index';

const newRing = (): Keyring => Keyring.fromSetting(randomBytes(32).toString('base64'));

describe('an API key', () => {
  const ring = newRing();

  it('is known by its id and its digest', () => {
    const { id, key, digest } = newApiKey(ring);
    expect(key).toMatch(/^qs_[a-z0-9]{12}_[0-9A-Za-z]{49}$/);
    expect(parseApiKey(key)).toEqual({ id });
    expect(matchesApiKey(ring, key, digest)).toBe(true);
    expect(hashApiKey(ring, key)).toEqual(digest);
    expect(matchesApiKey(ring, newApiKey(ring).key, digest)).toBe(false);
  });

  it('is refused without a look-up when it is cut, mistyped or something else', () => {
    const { key } = newApiKey(ring);
    const swapped = key.endsWith('A') ? 'B' : 'A';
    for (const text of ['', 'qs_', key.slice(0, -1), `${key}x`, key.slice(0, -1) + swapped, `${key}\n`]) {
      expect(parseApiKey(text)).toBeUndefined();
    }
  });

  it('stays known after a rotation of the master key', () => {
    const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const { key, digest } = newApiKey(Keyring.fromSetting(old));
    expect(matchesApiKey(Keyring.fromSetting(`new:${fresh},old:${old}`), key, digest)).toBe(true);
    expect(matchesApiKey(Keyring.fromSetting(fresh), key, digest)).toBe(false);
  });
});

describe('a signed request', () => {
  const ring = newRing();
  const NOW = 1_700_000_000_000;
  const signed = signRequest(ring, 'engine.logs', { instance_id: 'i' }, NOW);

  it('gives back its payload', () => {
    expect(verifyRequest(ring, 'engine.logs', signed, NOW + 1_000)).toEqual({ instance_id: 'i' });
  });

  it.each([
    ['for another pattern', 'engine.stats', signed, NOW],
    ['with another payload', 'engine.logs', { ...signed, payload: '{"instance_id":"j"}' }, NOW],
    ['with another time', 'engine.logs', { ...signed, issued_at_ms: NOW + 1 }, NOW],
    ['that is old', 'engine.logs', signed, NOW + 61_000],
    ['from the future', 'engine.logs', signed, NOW - 61_000],
    ['without a signature', 'engine.logs', { ...signed, signature: '' }, NOW],
    ['that is a plain payload', 'engine.logs', { instance_id: 'i' }, NOW],
    ['that is nothing', 'engine.logs', null, NOW],
  ] as const)('%s is refused', (_, pattern, message, now) => {
    expect(() => verifyRequest(ring, pattern, message, now)).toThrow(UnsignedRequestError);
  });

  it('of somebody without the key is refused', () => {
    const foreign = signRequest(newRing(), 'engine.logs', {}, NOW);
    expect(() => verifyRequest(ring, 'engine.logs', foreign, NOW)).toThrow(UnsignedRequestError);
  });
});

describe('the bridge token', () => {
  it('is the same for all holders of the key, and nobody else', () => {
    const setting = randomBytes(32).toString('base64');
    const token = bridgeToken(Keyring.fromSetting(setting));
    expect(isBridgeToken(Keyring.fromSetting(setting), token)).toBe(true);
    expect(isBridgeToken(newRing(), token)).toBe(false);
    expect(isBridgeToken(newRing(), '')).toBe(false);
  });
});

describe('redactHeaders', () => {
  it('hides what proves something, and shows the rest', () => {
    const headers = { Authorization: 'a', cookie: 'b', 'X-Api-Key': 'c', 'x-my-token': 'd', accept: 'e' };
    expect(redactHeaders(headers)).toEqual({
      Authorization: '[redacted]',
      cookie: '[redacted]',
      'X-Api-Key': '[redacted]',
      'x-my-token': '[redacted]',
      accept: 'e',
    });
  });
});
