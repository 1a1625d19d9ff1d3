import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { OwnStoreProvider } from '../../../src/secrets/providers/own-store.provider';
import { SecretSealer } from '../../../src/secrets/secret-sealer';
import { SecretsOptions } from '../../../src/secrets/secrets.options';
import { InfisicalStub } from './stubs/infisical-stub';
import { infisicalOf, ref, vaultOf } from './stubs/providers-of-stubs';
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
