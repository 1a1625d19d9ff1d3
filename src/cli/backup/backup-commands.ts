import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';
import { type BackupHead, dumpDatabase, restoreDatabase } from '@app/database';
import { type CommandContext } from '../command-context';
import { CliError, EXIT } from '../failures';
import { Home, type HomeSecrets } from '../home';
import { LauncherLock } from '../running';
import { type Stores, openStores } from '../stores';
import { demandPassphrase, readSealed, writeSealed } from './sealed-file';

interface Options {
  readonly passphraseFile?: string;
  readonly force?: boolean;
}

const BYTES_PER_KIB = 1_024;

/** Database and keys of an installation in one sealed file, and back. */
export function addBackupCommands(program: Command, context: CommandContext): void {
  const { act, session } = context;
  program
    .command('backup <file>')
    .description('database and keys in one sealed file, also while it runs')
    .option('--passphrase-file <file>', 'what seals it (QUAYSIDE_BACKUP_PASSPHRASE)')
    .action(
      act(async (file: string, options: Options) => {
        const bytes = await backup(file, options, context);
        session.show({ file, bytes }, () => `${file}: ${String(Math.ceil(bytes / BYTES_PER_KIB))} KiB`);
      }),
    );
  program
    .command('restore <file>')
    .description('put a backup in the place of what is there; nothing may run meanwhile')
    .option('--passphrase-file <file>', 'what it was sealed with (QUAYSIDE_BACKUP_PASSPHRASE)')
    .option('--force', 'also over an installation that has other keys', false)
    .action(
      act(async (file: string, options: Options) => {
        const head = await restore(file, options, context);
        session.show(head, () => `Restored the state of ${head.created_at}. "quayside up" starts it.`);
      }),
    );
}

function passphraseOf({ passphraseFile }: Options, { env }: CommandContext): string {
  const given =
    passphraseFile === undefined ? env['QUAYSIDE_BACKUP_PASSPHRASE'] : readFileSync(passphraseFile, 'utf8');
  return demandPassphrase(given?.trim());
}

async function backup(file: string, options: Options, context: CommandContext): Promise<number> {
  const passphrase = passphraseOf(options, context);
  const secrets = secretsOf(context);
  return withStores(context, ({ databaseUrl }) =>
    writeSealed(file, passphrase, dumpDatabase(databaseUrl, { secrets })),
  );
}

async function restore(file: string, options: Options, context: CommandContext): Promise<BackupHead> {
  const passphrase = passphraseOf(options, context);
  const home = new Home(context.dataDir());
  if (new LauncherLock(home.dir).holder() !== undefined)
    throw new CliError('Quayside is running on it.', EXIT.conflict, 'quayside down');
  await demandWhole(file, passphrase);
  home.prepare();
  // Loaded here only: no other command needs every migration.
  const { MIGRATIONS } = await import('../../migrations/index.js');
  const { migrateStores } = await import('../../app/migrate.js');
  return withStores(context, async ({ databaseUrl, embedded }) => {
    const head = await restoreDatabase({
      ...{ url: databaseUrl, migrations: MIGRATIONS, lines: readSealed(file, passphrase) },
      onHead: ({ extra }) => {
        keepSecrets(home, extra['secrets'] as HomeSecrets, { force: options.force === true });
      },
    });
    // Queues are no state, but they have tables.
    if (embedded === undefined) await migrateStores(databaseUrl);
    return head;
  });
}

/** Read to its end once before anything is changed: that it is as it was written is known there only. */
async function demandWhole(file: string, passphrase: string): Promise<void> {
  const lines = readSealed(file, passphrase);
  while ((await lines.next()).done !== true);
}

/** Keys that no backup has would make every stored secret unreadable; they are replaced where that was said only. */
function keepSecrets(home: Home, secrets: HomeSecrets, { force }: { readonly force: boolean }): void {
  const kept = home.storedSecrets();
  if (kept !== undefined && kept.master_key !== secrets.master_key && !force)
    throw new CliError(
      `${home.dir} belongs to another installation.`,
      EXIT.conflict,
      'restore into another --data-dir, or say --force',
    );
  home.replaceSecrets(secrets);
}

function secretsOf({ env, dataDir }: CommandContext): HomeSecrets {
  const kept = new Home(dataDir()).storedSecrets();
  const master_key = env['MASTER_KEY'] ?? kept?.master_key;
  if (master_key === undefined)
    throw new CliError(
      `There is no installation in ${dataDir()}, and MASTER_KEY is not set.`,
      EXIT.configuration,
      'name its folder with --data-dir',
    );
  return {
    master_key,
    jwt_secret: env['JWT_SECRET'] ?? kept?.jwt_secret ?? '',
    api_key: env['API_KEY'] ?? kept?.api_key ?? '',
  };
}

async function withStores<T>(
  { env, dataDir }: CommandContext,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const stores = await openStores(env, join(new Home(dataDir()).dir, 'postgres'), () => undefined);
  try {
    return await work(stores);
  } finally {
    await stores.embedded?.stop();
  }
}
