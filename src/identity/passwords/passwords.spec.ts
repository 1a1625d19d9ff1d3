import { PasswordRefusedError, refuseWeakPassword } from './password-rules';
import { Passwords } from './passwords';

describe('passwords', () => {
  const passwords = new Passwords();

  it('are kept as argon2id, each with a salt of its own', async () => {
    const [one, other] = await Promise.all([
      passwords.hash('tall trees hum'),
      passwords.hash('tall trees hum'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(other).not.toBe(one);
  });

  it('fit themselves, however their letters were typed, and nothing else', async () => {
    const stored = await passwords.hash('caf\u00e9 au lait, s\u2019il vous pla\u00eet');
    expect(await passwords.matches(stored, 'cafe\u0301 au lait, s\u2019il vous plai\u0302t')).toBe(true);
    expect(await passwords.matches(stored, 'cafe au lait')).toBe(false);
  });

  it('never fit where there is none', async () => {
    expect(await passwords.matches(null, 'anything at all')).toBe(false);
    expect(await passwords.matches(undefined, '')).toBe(false);
  });
});

describe('a password', () => {
  it.each([
    ['is short', 'eleven char'],
    ['is the user name with an end', 'ada-lovelace-1815', 'ada-lovelace'],
    ['is made of known words', 'password-changeme-123'],
    ['is one letter', 'aaaaaaaaaaaaaaaa'],
    ['has no end', 'x9k'.repeat(100)],
  ])('that %s is refused', (_what, password, username = 'ada') => {
    expect(() => {
      refuseWeakPassword(password, username);
    }).toThrow(PasswordRefusedError);
  });

  it('of a few words is taken', () => {
    expect(() => {
      refuseWeakPassword('seven grey herons', 'ada');
    }).not.toThrow();
  });
});
