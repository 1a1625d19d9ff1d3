import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { AccessToken } from './access-token';
import { folderOf } from './provider-path';
import { InvalidSecretProviderError, parseProviderSetting, secretsOfSetting } from './provider-setting';

describe('SECRET_PROVIDER', () => {
  it('names Vault by its mount, with a role or a token', () => {
    expect(
      parseProviderSetting('vault+https://role:s%2Fecret@vault:8200/kv/a/b?namespace=team&approle_mount=our'),
    ).toEqual({
      ...{ kind: 'vault', origin: 'https://vault:8200', host: 'vault:8200', ca: undefined },
      ...{ mount: 'kv', base: ['a', 'b'], namespace: 'team' },
      credential: { kind: 'approle', mount: 'our', roleId: 'role', secretId: 's/ecret' },
    });
    expect(parseProviderSetting('vault+https://token:hvs.x@vault/kv')).toMatchObject({
      credential: { kind: 'token', token: 'hvs.x' },
      base: [],
    });
  });

  it('names Infisical by project and environment, and files by their folder', () => {
    expect(parseProviderSetting('infisical+https://id:secret@app.infisical.com/p-1/prod/team')).toMatchObject(
      {
        ...{ kind: 'infisical', clientId: 'id', clientSecret: 'secret' },
        ...{ projectId: 'p-1', environment: 'prod', base: ['team'] },
      },
    );
    expect(parseProviderSetting('file:/run/secrets')).toEqual({ kind: 'files', folder: '/run/secrets' });
    expect(parseProviderSetting('file:///run/secrets')).toEqual({ kind: 'files', folder: '/run/secrets' });
  });

  it.each([
    'vault',
    'vault+https://',
    'vault+https://token:very-secret@vault',
    'vault+https://vault/kv',
    'vault+https://token:@vault/kv',
    'vault+http://token:very-secret@vault.example.com/kv',
    'vault+https://token:very-secret@vault/kv?ca=/nowhere/at/all',
    'vault+https://token:very-secret@vault/kv?tls=off',
    'infisical+https://id:very-secret@host/project',
    'file:relative',
  ])('refuses "%s", and repeats no secret of it', (text) => {
    expect(() => parseProviderSetting(text)).toThrow(InvalidSecretProviderError);
    expect(() => parseProviderSetting(text)).not.toThrow('very-secret');
  });

  it('tells what of it must not be seen', () => {
    expect(secretsOfSetting('vault+https://role:s%2Fecret@vault/kv')).toEqual(['s%2Fecret', 's/ecret']);
    expect(secretsOfSetting('own')).toEqual([]);
  });
});

describe('the folder of a scope', () => {
  const OTHER = '22222222-2222-4222-8222-222222222222';

  it.each([
    [DEFAULT_WORKSPACE_ID, 'team.payments', ['team', 'payments']],
    [OTHER, 'team', ['workspaces', OTHER, 'team']],
    [OTHER, 'workspaces', ['workspaces', OTHER, 'workspaces']],
    [DEFAULT_WORKSPACE_ID, 'workspaces', undefined],
    [DEFAULT_WORKSPACE_ID, `workspaces.${OTHER}.team`, undefined],
    [DEFAULT_WORKSPACE_ID, 'a..b', undefined],
    [DEFAULT_WORKSPACE_ID, 'a.', undefined],
  ])('of workspace %s, %s is %j', (workspaceId, scope, folder) => {
    expect(folderOf(workspaceId, scope)).toEqual(folder);
  });
});

describe('an access token', () => {
  it('is taken once, renewed before its end, and used on while that fails', async () => {
    const clock = new FakeClock();
    let fault: Error | undefined;
    const asked: (string | undefined)[] = [];
    const access = new AccessToken((previous) => {
      asked.push(previous);
      if (fault !== undefined) return Promise.reject(fault);
      return Promise.resolve({ token: `token-${String(asked.length)}`, validForS: 100 });
    }, clock);
    expect(await Promise.all([access.get(), access.get()])).toEqual(['token-1', 'token-1']);
    clock.advance(69_000);
    expect(await access.get()).toBe('token-1');
    clock.advance(2_000);
    fault = new Error('away');
    expect(await access.get()).toBe('token-1');
    clock.advance(30_000);
    await expect(access.get()).rejects.toThrow('away');
    fault = undefined;
    expect(await access.get()).toBe('token-4');
    expect(asked).toEqual([undefined, 'token-1', 'token-1', 'token-1']);
    access.reject('token-4');
    expect(await access.get()).toBe('token-5');
  });
});
