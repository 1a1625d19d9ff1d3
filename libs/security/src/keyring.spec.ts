import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidKeyringError, Keyring } from './keyring';

const newKey = (): string => randomBytes(32).toString('base64');

describe('Keyring.fromSetting', () => {
  it('takes the first key as the primary one', () => {
    const ring = Keyring.fromSetting(`new:${newKey()},old:${newKey()}`);
    expect(ring.primaryKid).toBe('new');
    expect(ring.kids.slice(0, 2)).toEqual(['new', 'old']);
  });

  it('reads the same from a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'keyring-'));
    const key = newKey();
    writeFileSync(join(dir, 'master'), `${key}\n`);
    const ring = Keyring.fromSetting(`file:${join(dir, 'master')}`);
    rmSync(dir, { recursive: true });

    expect(ring.derive('x')).toEqual(Keyring.fromSetting(key).derive('x'));
  });

  it.each([
    '',
    'changeme',
    Buffer.alloc(31, 1).toString('base64'),
    `a b:${newKey()}`,
    `:${newKey()}`,
    `k:${newKey()},k:${newKey()}`,
  ])('refuses "%s"', (setting) => {
    expect(() => Keyring.fromSetting(setting)).toThrow(InvalidKeyringError);
  });

  it('gives each purpose another key', () => {
    const ring = Keyring.fromSetting(newKey());
    expect(ring.derive('one').equals(ring.derive('other'))).toBe(false);
  });
});

describe('an envelope', () => {
  const old = newKey();
  const ring = Keyring.fromSetting(`old:${old}`);
  const plain = Buffer.from('s3cret\u0000bytes');
  const AAD = 'scope|id|1|NAME';

  it('opens with what it was sealed with', () => {
    const envelope = ring.sealEnvelope(plain, AAD);
    expect(ring.openEnvelope(envelope, AAD)).toEqual(plain);
    expect(envelope.ciphertext.includes('s3cret')).toBe(false);
  });

  it('has a key and bytes of its own each time', () => {
    const [one, other] = [ring.sealEnvelope(plain, AAD), ring.sealEnvelope(plain, AAD)];
    expect(one.ciphertext.equals(other.ciphertext)).toBe(false);
  });

  it('does not open in the place of another, or when a byte changed', () => {
    const envelope = ring.sealEnvelope(plain, AAD);
    const other = ring.sealEnvelope(plain, AAD);
    const altered = Buffer.from(envelope.ciphertext);
    altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);

    expect(() => ring.openEnvelope(envelope, 'scope|id|2|NAME')).toThrow();
    expect(() => ring.openEnvelope({ ...envelope, ciphertext: altered }, AAD)).toThrow();
    expect(() => ring.openEnvelope({ ...envelope, wrappedKey: other.wrappedKey }, AAD)).toThrow();
    expect(() => ring.openEnvelope({ ...envelope, ciphertext: Buffer.of(1, 2) }, AAD)).toThrow();
  });

  it('survives a rotation, and leaves the old key behind once it is wrapped again', () => {
    const fresh = newKey();
    const both = Keyring.fromSetting(`new:${fresh},old:${old}`);
    const envelope = ring.sealEnvelope(plain, AAD);
    const moved = both.rewrapEnvelope(envelope, AAD);

    expect(both.openEnvelope(envelope, AAD)).toEqual(plain);
    expect([moved.kid, moved.ciphertext]).toEqual(['new', envelope.ciphertext]);
    expect(Keyring.fromSetting(`new:${fresh}`).openEnvelope(moved, AAD)).toEqual(plain);
    expect(() => Keyring.fromSetting(`new:${fresh}`).openEnvelope(envelope, AAD)).toThrow(
      InvalidKeyringError,
    );
  });

  it('still opens when a key without a name gets one', () => {
    const key = newKey();
    const envelope = Keyring.fromSetting(key).sealEnvelope(plain, AAD);
    const named = Keyring.fromSetting(`new:${newKey()},first:${key}`);
    expect(named.openEnvelope(envelope, AAD)).toEqual(plain);
  });
});

describe('a sealed token', () => {
  const ring = Keyring.fromSetting(newKey());

  it('is read by its purpose and binding only', () => {
    const token = ring.seal('cursor', 'text', 'binding');
    expect(ring.open('cursor', token, 'binding')).toBe('text');
    expect(ring.open('ticket', token, 'binding')).toBeUndefined();
    expect(ring.open('cursor', token, 'other')).toBeUndefined();
    expect(Keyring.fromSetting(newKey()).open('cursor', token, 'binding')).toBeUndefined();
  });

  it('is made with bytes of its own, however many are', () => {
    const nonces = Array.from({ length: 2_000 }, () => {
      const token = ring.seal('cursor', 'text');
      return Buffer.from(token.slice(token.indexOf('.') + 1), 'base64url').toString('hex', 1, 13);
    });
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each(['', '.', 'abc', 'k000000000000.', '__proto__.x', `${ring.primaryKid}.AAAA`])(
    'that is "%s" is nothing',
    (token) => {
      expect(ring.open('cursor', token)).toBeUndefined();
    },
  );
});

describe('a signature', () => {
  const ring = Keyring.fromSetting(newKey());

  it('holds for the same purpose and data', () => {
    const signature = ring.sign('webhook', 'data');
    expect(ring.verify('webhook', 'data', signature)).toBe(true);
    expect(ring.verify('webhook', 'Data', signature)).toBe(false);
    expect(ring.verify('other', 'data', signature)).toBe(false);
    expect(ring.verify('webhook', 'data', '')).toBe(false);
  });
});

describe('the root of an installation', () => {
  const [first, second] = [newKey(), newKey()];
  const root = Buffer.alloc(32, 7);
  const withRoot = (setting: string): Keyring => {
    const ring = Keyring.fromSetting(setting);
    ring.useRoot(root);
    return ring;
  };

  it('gives the same keys under every master key', () => {
    const before = withRoot(`one:${first}`).deriveLasting('digests');
    expect(withRoot(`two:${second}`).deriveLasting('digests')).toEqual(before);
    expect(Keyring.fromSetting(`one:${first}`).deriveLasting('digests')).not.toEqual(before);
  });

  it('is joined by what was in use before there was one', () => {
    const before = Keyring.fromSetting(`one:${first}`).deriveLasting('digests');
    expect(withRoot(`two:${second},one:${first}`).deriveAllLasting('digests')).toContainEqual(before);
  });

  it('has the length of a key', () => {
    expect(() => {
      Keyring.fromSetting(first).useRoot(Buffer.alloc(16));
    }).toThrow(InvalidKeyringError);
  });
});

describe('the names of the master keys', () => {
  it('are grouped by key, the primary first', () => {
    const old = newKey();
    const [fingerprint] = Keyring.fromSetting(old).kids;
    const ring = Keyring.fromSetting(`new:${newKey()},old:${old}`);
    expect(ring.masters.map(([name]) => name)).toEqual(['new', 'old']);
    expect(ring.masters[1]).toEqual(['old', fingerprint]);
  });
});
