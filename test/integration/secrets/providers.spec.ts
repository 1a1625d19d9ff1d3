import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSecretReference, type SecretReference } from '@app/contracts';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { Keyring } from '@app/security';
import { Scrubber } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { type SecretProvider } from '../../../src/secrets/domain/secret-provider';
import { SecretLists } from '../../../src/secrets/persistence/secret-lists';
import { SecretRows } from '../../../src/secrets/persistence/secret-rows';
import { EnvironmentProvider } from '../../../src/secrets/providers/environment.provider';
import { FilesProvider } from '../../../src/secrets/providers/files.provider';
import { InfisicalProvider } from '../../../src/secrets/providers/infisical.provider';
import { OwnStoreProvider } from '../../../src/secrets/providers/own-store.provider';
import { parseProviderSetting } from '../../../src/secrets/providers/provider-setting';
import { VaultProvider } from '../../../src/secrets/providers/vault.provider';
import { SecretSealer } from '../../../src/secrets/secret-sealer';
import { SecretsOptions } from '../../../src/secrets/secrets.options';
import { InfisicalStub } from './stubs/infisical-stub';
import { VaultStub } from './stubs/vault-stub';

const OTHER = '22222222-2222-4222-8222-222222222222';
const TEAM = 'team.payments';

/** One kind of provider, and how a test puts values there. */
interface Subject {
  readonly provider: SecretProvider;
  /** The scope to look into, where the provider has but one. */
  readonly scope?: string;
  readonly hasVersions: boolean;
  readonly hasWorkspaces: boolean;
  put(scope: string, name: string, value: string, workspaceId?: string): Promise<void> | void;
  stop(): Promise<void> | void;
}

const environmentSubject = (): Subject => {
  const environment: Record<string, string> = { MASTER_KEY: 'of the product' };
  return {
    provider: new EnvironmentProvider(new SecretsOptions(environment, new Set(['MASTER_KEY']))),
    scope: 'env',
    hasVersions: false,
    hasWorkspaces: false,
    put: (_scope, name, value) => {
      environment[name] = value;
    },
    stop: () => undefined,
  };
};

const ownSubject = async (): Promise<Subject> => {
  const database: TestDatabase = await testDatabase({ migrations: MIGRATIONS });
  const { db } = database;
  await db.execute(`INSERT INTO workspace (id, name) VALUES ($1, 'other-team')`, [OTHER]);
  const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
  const rows = new SecretRows(db);
  const sealer = new SecretSealer(keyring, new Scrubber());
  return {
    provider: new OwnStoreProvider(db, rows, new SecretLists(db), keyring),
    hasVersions: true,
    hasWorkspaces: true,
    put: async (scope, name, value, workspaceId = DEFAULT_WORKSPACE_ID) => {
      const claimed = await rows.claimVersions(workspaceId, scope, [name]);
      await rows.insertVersions(claimed.map((each) => sealer.seal(scope, each, value)));
    },
    stop: () => database.drop(),
  };
};

const folders = (scope: string, workspaceId = DEFAULT_WORKSPACE_ID): string[] => [
  ...(workspaceId === DEFAULT_WORKSPACE_ID ? [] : ['workspaces', workspaceId]),
  ...scope.split('.'),
];

const filesSubject = (): Subject => {
  const root = mkdtempSync(join(tmpdir(), 'quayside-secrets-'));
  return {
    provider: new FilesProvider(root),
    hasVersions: false,
    hasWorkspaces: true,
    put: (scope, name, value, workspaceId) => {
      const folder = join(root, ...folders(scope, workspaceId));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), `${value}\n`, { mode: 0o400 });
      chmodSync(join(folder, name), 0o400);
    },
    stop: () => {
      rmSync(root, { recursive: true });
    },
  };
};

const vaultOf = (stub: VaultStub, credential?: string): VaultProvider => {
  const user = credential ?? `${stub.roleId}:${stub.secretId}`;
  const setting = parseProviderSetting(
    `vault+http://${user}@${stub.host}/kv/quayside?namespace=${stub.namespace}`,
  );
  if (setting.kind !== 'vault') throw new Error('no setting of Vault');
  return new VaultProvider(setting, () => undefined);
};
const infisicalOf = (stub: InfisicalStub): InfisicalProvider => {
  const user = `${stub.clientId}:${stub.clientSecret}`;
  const setting = parseProviderSetting(
    `infisical+http://${user}@${stub.host}/${stub.projectId}/${stub.environment}/quayside`,
  );
  if (setting.kind !== 'infisical') throw new Error('no setting of Infisical');
  return new InfisicalProvider(setting, () => undefined);
};

const vaultSubject = (withToken: boolean) => async (): Promise<Subject> => {
  const stub = new VaultStub();
  await stub.start();
  const provider = vaultOf(stub, withToken ? `token:${stub.newToken()}` : undefined);
  const data = new Map<string, Record<string, string>>();
  return {
    provider,
    hasVersions: true,
    hasWorkspaces: true,
    put: (scope, name, value, workspaceId) => {
      const path = ['quayside', ...folders(scope, workspaceId)].join('/');
      data.set(path, { ...data.get(path), [name]: value });
      stub.put(path, data.get(path)!);
    },
    stop: async () => {
      await provider.close();
      await stub.stop();
    },
  };
};

const infisicalSubject = async (): Promise<Subject> => {
  const stub = new InfisicalStub();
  await stub.start();
  const provider = infisicalOf(stub);
  return {
    provider,
    hasVersions: true,
    hasWorkspaces: true,
    put: (scope, name, value, workspaceId) => {
      stub.put(`/${['quayside', ...folders(scope, workspaceId)].join('/')}`, name, value);
    },
    stop: async () => {
      await provider.close();
      await stub.stop();
    },
  };
};

const ref = (text: string): SecretReference => {
  const reference = parseSecretReference(`secret_ref:${text}`);
  if (reference === undefined) throw new Error(`${text} is no reference`);
  return reference;
};
const refs = (...texts: string[]) => new Map(texts.map((text) => [text, ref(text)]));

describe.each<[string, () => Promise<Subject> | Subject]>([
  ['our own store', ownSubject],
  ['the environment', environmentSubject],
  ['files', filesSubject],
  ['Vault with a role', vaultSubject(false)],
  ['Vault with a token', vaultSubject(true)],
  ['Infisical', infisicalSubject],
])('%s', (_name, make) => {
  let subject: Subject;
  let scope: string;

  beforeAll(async () => {
    subject = await make();
    scope = subject.scope ?? TEAM;
  });
  afterAll(() => subject.stop());

  it('gives what is there under the text that asked for it, and leaves out what is not', async () => {
    await subject.put(scope, 'ONE', 'the first – with ünï & "quotes"');
    await subject.put(scope, 'TWO', 'second');
    const wanted = refs(`${scope}:ONE`, `${scope}:TWO`, `${scope}:NOBODYS`);
    const found = await subject.provider.getMany(wanted, DEFAULT_WORKSPACE_ID);
    expect([...found].map(([text, { value }]) => [text, value]).sort()).toEqual([
      [`${scope}:ONE`, 'the first – with ünï & "quotes"'],
      [`${scope}:TWO`, 'second'],
    ]);
    expect((await subject.provider.get(ref(`${scope}:TWO`), DEFAULT_WORKSPACE_ID))?.value).toBe('second');
    expect(await subject.provider.missing(wanted, DEFAULT_WORKSPACE_ID)).toEqual(
      new Set([`${scope}:NOBODYS`]),
    );
  });

  it('never gives an empty value', async () => {
    await subject.put(scope, 'EMPTY', '');
    if (subject.provider instanceof OwnStoreProvider) return;
    expect(await subject.provider.get(ref(`${scope}:EMPTY`), DEFAULT_WORKSPACE_ID)).toBeUndefined();
  });

  it('gives the version that is named, or none at all', async () => {
    await subject.put(scope, 'TURNED', 'before');
    const before = await subject.provider.get(ref(`${scope}:TURNED`), DEFAULT_WORKSPACE_ID);
    const number = before?.version ?? 0;
    expect(number).toBeGreaterThan(0);
    const pinned = ref(`${scope}:TURNED@${String(number)}`);
    if (subject.hasVersions) {
      await subject.put(scope, 'TURNED', 'after');
      expect((await subject.provider.get(ref(`${scope}:TURNED`), DEFAULT_WORKSPACE_ID))?.value).toBe('after');
      const found = await subject.provider.get(pinned, DEFAULT_WORKSPACE_ID);
      expect(found).toEqual({ value: 'before', version: number });
    } else {
      expect(await subject.provider.get(pinned, DEFAULT_WORKSPACE_ID)).toBeUndefined();
    }
    expect(await subject.provider.get(ref(`${scope}:TURNED@999`), DEFAULT_WORKSPACE_ID)).toBeUndefined();
  });

  it('keeps workspaces apart', async () => {
    if (!subject.hasWorkspaces) return;
    await subject.put(scope, 'WHOSE', 'ours');
    await subject.put(scope, 'WHOSE', 'theirs', OTHER);
    await subject.put(scope, 'THEIRS', 'theirs alone', OTHER);
    expect((await subject.provider.get(ref(`${scope}:WHOSE`), DEFAULT_WORKSPACE_ID))?.value).toBe('ours');
    expect((await subject.provider.get(ref(`${scope}:WHOSE`), OTHER))?.value).toBe('theirs');
    for (const way of [`${scope}:THEIRS`, `workspaces.${OTHER}.${scope}:THEIRS`])
      expect(await subject.provider.get(ref(way), DEFAULT_WORKSPACE_ID)).toBeUndefined();
  });

  it('tells names, and that it is well', async () => {
    expect(await subject.provider.health()).toMatchObject({ ok: true });
    const names = await subject.provider.list?.(scope, DEFAULT_WORKSPACE_ID);
    if (names !== undefined) expect(names).toEqual(expect.arrayContaining(['ONE', 'TWO']));
  });
});

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
    expect(await provider.health()).toMatchObject({ ok: false, detail: expect.stringContaining('sealed') });
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
