import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidEnvironmentError, loadEnv, settingsOf } from '@app/config';
import { Settings } from './settings';

const KEY = 'h2nDk0vTq8mXs4wBz7RfYp1LcJ6uGaE3';
/** A good value for each secret, as somebody would have it in a file. */
const VALUES: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://quayside:h2nDk0vTq8mX@db:5432/quayside',
  REDIS_URL: 'rediss://:h2nDk0vTq8mX@redis:6379',
  MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  JWT_SECRET: KEY,
  API_KEY: KEY,
  SECRET_PROVIDER: 'vault+https://role:h2nDk0vTq8mX@vault.example.com/kv/quayside',
  SMTP_URL: 'smtps://quayside:h2nDk0vTq8mX@mail.example.com:465',
  SENTRY_DSN: 'https://h2nDk0vTq8mX@sentry.example.com/42',
};
const REQUIRED = { DATABASE_URL: VALUES['DATABASE_URL'], MASTER_KEY: VALUES['MASTER_KEY'], API_KEY: KEY };

describe('E18: a secret of the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-secrets-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  /** An address that may hold a credential is one, too. */
  const secrets = settingsOf(Settings).filter(({ secret, name }) => secret || name === 'SECRET_PROVIDER');
  const fileOf = (name: string): string => {
    const path = join(folder, name.toLowerCase());
    writeFileSync(path, `${VALUES[name] ?? ''}\n`);
    return path;
  };

  it('has a value here', () => {
    expect(secrets.map(({ name }) => name).sort()).toEqual(Object.keys(VALUES).sort());
  });

  it.each(secrets.map(({ name }) => name))('%s may be given by a file, and not twice', (name) => {
    const others = Object.fromEntries(Object.entries(REQUIRED).filter(([other]) => other !== name));
    const given = { ...others, [`${name}_FILE`]: fileOf(name) };
    expect(loadEnv(Settings, given)).toMatchObject({ [name]: VALUES[name] });
    const twice = () => loadEnv(Settings, { ...given, [name]: VALUES[name] });
    expect(twice).toThrow(InvalidEnvironmentError);
    expect(twice).toThrow('is set twice');
  });
});
