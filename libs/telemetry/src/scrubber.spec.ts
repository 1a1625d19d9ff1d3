import { Scrubber } from './index';

const knowing = (...secrets: string[]): Scrubber => {
  const scrubber = new Scrubber();
  for (const secret of secrets) scrubber.learn(secret);
  return scrubber;
};

describe('Scrubber', () => {
  it('replaces every occurrence and says which value it was', () => {
    const scrubber = new Scrubber();
    scrubber.learn('hunter2-hunter2', 'DB_PASSWORD');

    expect(scrubber.scrub('a hunter2-hunter2 b hunter2-hunter2')).toBe(
      'a [redacted:DB_PASSWORD] b [redacted:DB_PASSWORD]',
    );
  });

  it.each([
    ['in JSON', (secret: string) => JSON.stringify({ value: secret })],
    ['in a URL', (secret: string) => `/path?key=${encodeURIComponent(secret)}&more`],
    ['as base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['at the end', (secret: string) => `x${secret}`],
  ])('finds a value %s', (_where, write) => {
    const secret = 'a"b\\c d/e?f';
    const text = knowing(secret).scrub(write(secret));
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(write(secret).replace(/^.*?a/, 'a').slice(0, 10));
  });

  it('finds each line of a key file', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
    const scrubber = knowing(`-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`);

    expect(scrubber.scrub(`out: ${line}`)).toBe('out: [redacted]');
    expect(scrubber.scrub('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  it('takes the longest of values that begin alike', () => {
    expect(knowing('secret', 'secret-longer').scrub('secret-longer!')).toBe('[redacted]!');
    expect(knowing('secret-longer', 'secret').scrub('secret-long')).toBe('[redacted]-long');
  });

  it('leaves words alone that are too short to be a secret', () => {
    expect(knowing('admin').scrub('admin')).toBe('admin');
  });

  it('forgets a value when its last user does', () => {
    const scrubber = knowing('abcdef-1', 'abcdef-1');
    scrubber.forget('abcdef-1');
    expect(scrubber.scrub('abcdef-1')).toBe('[redacted]');
    scrubber.forget('abcdef-1');
    expect(scrubber.scrub('abcdef-1')).toBe('abcdef-1');
  });

  it('keeps a spelling that another value shares', () => {
    const scrubber = knowing('abc def', 'abc%20def');
    scrubber.forget('abc%20def');
    expect(scrubber.scrub('abc%20def')).toBe('[redacted]');
  });

  it('walks objects and arrays, keys too, and returns what is not text unchanged', () => {
    const date = new Date(0);
    const value = { list: ['x abcdef-1', 1, null], 'abcdef-1': true, date };
    expect(knowing('abcdef-1').scrubDeep(value)).toEqual({
      list: ['x [redacted]', 1, null],
      '[redacted]': true,
      date,
    });
    expect(value.list[0]).toBe('x abcdef-1');
  });

  it('knows ten thousand values that begin alike, and forgets the oldest of more', () => {
    const scrubber = new Scrubber();
    const secrets = Array.from({ length: 10_001 }, (_, n) => `sk-proj-${String(n).padStart(20, '0')}`);
    for (const secret of secrets) scrubber.learn(secret);

    expect(scrubber.scrub(secrets.slice(1, 50).join(' '))).toBe(Array(49).fill('[redacted]').join(' '));
    expect(scrubber.scrub(secrets[0]!)).toBe(secrets[0]);
    expect(scrubber.scrub('sk-proj-'.repeat(10_000))).toHaveLength(80_000);
  });
});
