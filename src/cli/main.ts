import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { readSettingsFile } from '@app/config';
import { addAccessCommands } from './access-commands';
import { addAuditCommands } from './audit-commands';
import { down, logs, printEnv, reset, status } from './commands';
import { doctor } from './doctor';
import { defaultDataDir } from './home';
import { addSecretsCommands } from './secrets-commands';
import { Launcher } from './up';

/** The environment over the `.env` of the working directory: what the user typed last wins. */
function settings(): NodeJS.ProcessEnv {
  const file = join(process.cwd(), '.env');
  return existsSync(file) ? { ...readSettingsFile(file), ...process.env } : { ...process.env };
}

const env = settings();
const dataDir = (): string =>
  program.opts<{ dataDir?: string }>().dataDir ?? env['DATA_DIR'] ?? defaultDataDir();

/** One sentence on stderr and exit code 1; a stack trace helps nobody at a prompt. */
const act =
  <A extends unknown[]>(work: (...args: A) => Promise<void> | void) =>
  async (...args: A): Promise<void> => {
    try {
      await work(...args);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(1);
    }
  };

const program = new Command('quayside')
  .description('The control plane for MCP servers and the agents that use them.')
  .option('--data-dir <folder>', 'the folder with all data (DATA_DIR)');

program
  .command('up', { isDefault: true })
  .description('start everything; Ctrl-C stops it')
  .option('--no-demo', 'do not make the demo instance on the first start')
  .action(act(async ({ demo }: { demo: boolean }) => new Launcher(dataDir(), env, { demo }).run()));
program
  .command('down')
  .description('stop the running installation')
  .action(act(() => down(dataDir())));
program
  .command('status')
  .description('what runs, and how it is')
  .action(act(() => status(dataDir(), env)));
program
  .command('env')
  .description('print the address and the admin key for a shell')
  .action(
    act(() => {
      printEnv(dataDir(), env);
    }),
  );
program
  .command('logs')
  .description('the newest lines of the log')
  .option('-n, --lines <count>', 'how many', '100')
  .action(
    act(({ lines }: { lines: string }) => {
      logs(dataDir(), Number(lines));
    }),
  );
program
  .command('doctor')
  .description('check what a start needs')
  .action(
    act(async () => {
      if (!(await doctor(dataDir(), env))) process.exitCode = 1;
    }),
  );
program
  .command('migrate')
  .description('bring the database of DATABASE_URL up to date')
  .action(
    act(async () => {
      const url = env['DATABASE_URL'];
      if (!url) throw new Error('Set DATABASE_URL: the embedded database is migrated at every start.');
      // Loaded here only: it brings the ORM and the queues, which no other command needs.
      const { migrateStores } = await import('../app/migrate.js');
      const applied = await migrateStores(url);
      console.log(applied.length === 0 ? 'Nothing to do.' : `Applied: ${applied.join(', ')}`);
    }),
  );
program
  .command('reset')
  .description('delete all data of the installation')
  .option('--yes', 'yes, all of it', false)
  .action(
    act(({ yes }: { yes: boolean }) => {
      reset(dataDir(), yes);
    }),
  );

addAccessCommands(program, { env, dataDir, act });
addSecretsCommands(program, { env, dataDir, act });
addAuditCommands(program, { env, dataDir, act });

void program.parseAsync();
