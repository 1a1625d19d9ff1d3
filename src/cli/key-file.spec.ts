import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@app/security';
import { changeKeyFile, newEntry, withKey, withoutKey, withPrimary } from './key-file';

const OLD = randomBytes(32).toString('base64');
const NOW = new Date('2026-11-21T10:00:00Z');
const kidsOf = (text: string): string[] => Keyring.fromSetting(text).masters.map(([kid = '']) => kid);

describe('a keyring that is changed', () => {
  const [fingerprint = ''] = Keyring.fromSetting(OLD).kids;
  const { kid, entry } = newEntry(NOW);

  it('gets a new key in front, or behind until every process knows it', () => {
    expect(kid).toMatch(/^k20261121-[0-9a-f]{4}$/);
    expect(kidsOf(withKey(entry, 'first')(OLD))).toEqual([kid, fingerprint]);
    const behind = withKey(entry, 'last')(OLD);
    expect(kidsOf(behind)).toEqual([fingerprint, kid]);
    expect(kidsOf(withPrimary(kid)(behind))).toEqual([kid, fingerprint]);
  });

  it('loses an older key by any of its names, and never the primary', () => {
    const both = withKey(entry, 'first')(`old:${OLD}`);
    expect(kidsOf(withoutKey('old')(both))).toEqual([kid]);
    expect(kidsOf(withoutKey(fingerprint)(both))).toEqual([kid]);
    expect(() => withoutKey(kid)(both)).toThrow('is the primary key');
    expect(() => withoutKey('unknown')(both)).toThrow('no key named unknown');
  });

  it('is never written as what cannot be read', () => {
    expect(() => withKey('short:abcd', 'first')(OLD)).toThrow();
    expect(() => withKey(entry, 'first')(`${OLD},broken`)).toThrow();
  });

  it('lies in a file that nobody else may read, and that is replaced as a whole', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quayside-keys-'));
    const path = join(folder, 'master_key');
    writeFileSync(path, `${OLD}\n`, { mode: 0o644 });
    changeKeyFile(path, withKey(entry, 'first'));
    expect(readFileSync(path, 'utf8')).toBe(`${entry}\n${OLD}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => {
      changeKeyFile(path, withoutKey('unknown'));
    }).toThrow();
    expect(readdirSync(folder)).toEqual(['master_key']);
    rmSync(folder, { recursive: true });
  });
});
