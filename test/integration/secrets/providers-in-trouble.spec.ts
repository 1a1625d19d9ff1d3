import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { FilesProvider } from '../../../src/secrets/providers/files.provider';
import { type InfisicalProvider } from '../../../src/secrets/providers/infisical.provider';
import { type VaultProvider } from '../../../src/secrets/providers/vault.provider';
import { InfisicalStub } from './stubs/infisical-stub';
import { infisicalOf, ref, vaultOf } from './stubs/providers-of-stubs';
import { VaultStub } from './stubs/vault-stub';

const TEAM = 'team.payments';

describe('files of secrets', () => {
  const root = mkdtempSync(join(tmpdir(), 'quayside-files-'));
  const provider = new FilesProvider(join(root, 'secrets'));
  const read = (text: string) => provider.get(ref(text), DEFAULT_WORKSPACE_ID);
  const write = (path: string, text: string, mode = 0o400): void => {
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };

  beforeAll(() => {
    mkdirSync(join(root, 'secrets', 'app', '..data'), { recursive: true });
    write('outside', 'of the host');
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('follow links below their folder, and none out of it', async () => {
    write('secrets/app/..data/LINKED', 'as Kubernetes mounts it');
    symlinkSync('..data/LINKED', join(root, 'secrets/app/LINKED'));
    symlinkSync('../../outside', join(root, 'secrets/app/ESCAPED'));
    symlinkSync(root, join(root, 'secrets/around'));
    expect((await read('app:LINKED'))?.value).toBe('as Kubernetes mounts it');
    await expect(read('app:ESCAPED')).rejects.toThrow('its file lies elsewhere');
    expect(await read('around:OUTSIDE')).toBeUndefined();
    expect(await read('a..b:ANY')).toBeUndefined();
  });

  it.each([0o444, 0o460, 0o402])('with mode %o are refused', async (mode) => {
    write('secrets/app/OPEN', 'everybody knows', mode);
    await expect(read('app:OPEN')).rejects.toThrow('others may read or change its file');
    rmSync(join(root, 'secrets/app/OPEN'), { force: true });
  });

  it('are not of any size', async () => {
    write('secrets/app/LARGE', 'x'.repeat(70_000));
    await expect(read('app:LARGE')).rejects.toThrow('too large');
    expect(await new FilesProvider(join(root, 'nowhere')).health()).toMatchObject({ ok: false });
    await expect(
      new FilesProvider(join(root, 'nowhere')).get(ref('app:ANY'), DEFAULT_WORKSPACE_ID),
    ).rejects.toThrow('it cannot be read there');
  });
});

describe('Vault in trouble', () => {
  let stub: VaultStub;
  const made: VaultProvider[] = [];
  const vault = (credential?: string): VaultProvider => {
    const provider = vaultOf(stub, credential);
    made.push(provider);
    return provider;
  };
  const key = ref(`${TEAM}:KEY`);

  beforeEach(async () => {
    stub = new VaultStub();
    await stub.start();
    stub.put('quayside/team/payments', { KEY: 'value' });
  });
  afterEach(async () => {
    await Promise.all(made.splice(0).map((each) => each.close()));
    await stub.stop();
  });

  it('logs in once for many, and again when its token was revoked', async () => {
    const provider = vault();
    await Promise.all(Array.from({ length: 10 }, () => provider.get(key, DEFAULT_WORKSPACE_ID)));
    const logins = () => stub.requests.filter((each) => each.endsWith('/login')).length;
    expect(logins()).toBe(1);
    stub.revokeAll();
    expect((await provider.get(key, DEFAULT_WORKSPACE_ID))?.value).toBe('value');
    expect(logins()).toBe(2);
  });

  it('renews a token before it ends, and logs in when that is refused', async () => {
    stub.ttlS = 0.001;
    const provider = vault();
    await provider.get(key, DEFAULT_WORKSPACE_ID);
    await provider.get(key, DEFAULT_WORKSPACE_ID);
    expect(stub.requests).toContain('POST /v1/auth/token/renew-self');
    stub.revokeAll();
    expect((await provider.get(key, DEFAULT_WORKSPACE_ID))?.value).toBe('value');
  });

  it('leaves out a version that was deleted', async () => {
    stub.put('quayside/team/payments', { KEY: 'next' });
    stub.delete('quayside/team/payments', 1);
    expect(await vault().get(ref(`${TEAM}:KEY@1`), DEFAULT_WORKSPACE_ID)).toBeUndefined();
    expect((await vault().get(key, DEFAULT_WORKSPACE_ID))?.value).toBe('next');
  });

  it.each([
    [
      'a credential that it does not know',
      'it does not take our credential',
      () => vault(`${stub.roleId}:wrong`),
    ],
    ['a token that it does not know', 'it does not take our credential', () => vault('token:hvs.unknown')],
    [
      'a path that it does not allow',
      'it does not allow us to read that',
      () => {
        stub.denied.add('quayside/team/payments');
        return vault();
      },
    ],
    [
      'being sealed',
      'it is sealed',
      () => {
        stub.sealed = true;
        return vault();
      },
    ],
    [
      'too many requests',
      'it refuses more requests for now',
      () => {
        stub.trouble = { status: 429, body: { errors: ['request path "kv" rate limited'] } };
        return vault();
      },
    ],
    [
      'a fault of its own',
      'it answers with status 500',
      () => {
        stub.trouble = { status: 500, body: { errors: ['internal error'] } };
        return vault();
      },
    ],
  ])('says so: %s', async (_case, words, provider) => {
    await expect(provider().get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow(words);
  });

  it('tells that it is sealed, and that it is gone', async () => {
    const provider = vault();
    stub.sealed = true;
    const { ok, detail } = await provider.health();
    expect([ok, detail]).toEqual([false, `${provider.name} is sealed.`]);
    await stub.stop();
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it cannot be reached');
  });

  it('is left alone after a few failures', async () => {
    const provider = vault();
    stub.trouble = { status: 500, body: { errors: [] } };
    for (let tries = 0; tries < 6; tries += 1)
      await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow();
    const { length } = stub.requests;
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it has not answered for a while');
    expect(stub.requests).toHaveLength(length);
  });
});

describe('Infisical in trouble', () => {
  let stub: InfisicalStub;
  let provider: InfisicalProvider;
  const key = ref(`${TEAM}:KEY`);
  const FOLDER = '/quayside/team/payments';

  beforeEach(async () => {
    stub = new InfisicalStub();
    await stub.start();
    stub.put(FOLDER, 'KEY', 'value');
    provider = infisicalOf(stub);
  });
  afterEach(async () => {
    await provider.close();
    await stub.stop();
  });

  it('logs in again when its token is taken no more, and renews before that', async () => {
    stub.ttlS = 0.001;
    await provider.get(key, DEFAULT_WORKSPACE_ID);
    await provider.get(key, DEFAULT_WORKSPACE_ID);
    expect(stub.requests).toContain('POST /api/v1/auth/token/renew');
    stub.revokeAll();
    expect((await provider.get(key, DEFAULT_WORKSPACE_ID))?.value).toBe('value');
  });

  it('says what it does not allow, and never takes the words for a hidden value', async () => {
    stub.hidden.add(FOLDER);
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it does not allow us');
    stub.hidden.clear();
    stub.denied.add(FOLDER);
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it does not allow us');
  });

  it('says that it does not take our credential, or more requests', async () => {
    stub.trouble = { status: 401, body: { statusCode: 401, message: 'Invalid credentials', error: 'X' } };
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it does not take our credential');
    stub.trouble = { status: 429, body: { statusCode: 429, message: 'Rate limit exceeded', error: 'X' } };
    await expect(provider.get(key, DEFAULT_WORKSPACE_ID)).rejects.toThrow('it refuses more requests');
    await expect(provider.health()).resolves.toMatchObject({ ok: false });
  });
});
