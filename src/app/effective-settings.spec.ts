import { effectiveSettings } from './effective-settings';
import { Settings } from './settings';

const open = { scrub: (text: string) => text };
const of = (values: Partial<Settings>, env: Readonly<Record<string, string>> = {}) => {
  const entries = effectiveSettings(Object.assign(new Settings(), values), env, open);
  return new Map(entries.map((entry) => [entry.name, entry]));
};

describe('the settings in force', () => {
  it.each([
    ['the environment', { SERVER_PORT: '9000' }, 'environment'],
    ['a file', { SERVER_PORT_FILE: '/run/port' }, 'file'],
    ['nobody', {}, 'default'],
    ['nobody, though it is named', { SERVER_PORT: ' ' }, 'default'],
  ])('say that %s gave them', (_case, env, source) => {
    expect(of({ SERVER_PORT: 9000 }, env).get('SERVER_PORT')).toMatchObject({ value: '9000', source });
  });

  it('never show a secret, nor the credential in an address', () => {
    const entries = of(
      {
        MASTER_KEY: 'm'.repeat(40),
        SECRET_PROVIDER: 'vault+https://role:s3cret/@x@vault.example.com:8200/kv',
      },
      { MASTER_KEY: 'm'.repeat(40) },
    );
    expect(entries.get('MASTER_KEY')).toMatchObject({ value: null, isSet: true, source: 'environment' });
    expect(entries.get('SECRET_PROVIDER')?.value).toBe('vault+https://[hidden]@vault.example.com:8200/kv');
    expect(JSON.stringify([...entries.values()])).not.toContain('s3cret');
  });

  it('name what is not set, and leave out what only our own programs set', () => {
    const entries = of({});
    expect(entries.get('PUBLIC_URL')).toMatchObject({ value: null, isSet: false, source: 'unset' });
    expect(entries.has('FAILPOINT')).toBe(false);
  });

  it('know the database that the launcher started', () => {
    const entries = of(
      { QUAYSIDE_EMBEDDED_DATABASE: true, DATABASE_URL: 'postgres://x' },
      { DATABASE_URL: 'x' },
    );
    expect(entries.get('DATABASE_URL')).toMatchObject({ source: 'launcher', value: null });
  });
});
