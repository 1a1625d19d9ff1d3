import { type Command } from 'commander';
import { down, logs, printEnv, reset, status } from './commands';
import { doctor } from './doctor';
import { CliError, EXIT } from './failures';
import { type CommandContext } from './command-context';
import { diagnose, type DoctorOptions } from './remote/diagnose';
import { instanceLogs } from './remote/instances';
import { Launcher } from './up';

/** What is about the installation of this machine, and two that are about an instance when one is named. */
export function addInstallationCommands(program: Command, context: CommandContext): void {
  const { env, dataDir, act } = context;
  program
    .command('up')
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
  addLogs(program, context);
  addDoctor(program, context);
  program
    .command('migrate')
    .description('bring the database of DATABASE_URL up to date')
    .action(act(() => migrate(env)));
  program
    .command('reset')
    .description('delete all data of the installation')
    .option('--yes', 'yes, all of it', false)
    .action(
      act(({ yes }: { yes: boolean }) => {
        reset(dataDir(), yes);
      }),
    );
}

function addLogs(program: Command, { session, dataDir, act }: CommandContext): void {
  program
    .command('logs [name]')
    .description('what an instance prints; without a name the log of the installation')
    .option('-n, --lines <count>', 'how many', '100')
    .option('-f, --follow', 'go on as lines come', false)
    .action(
      act(async (name: string | undefined, options: { lines: string; follow: boolean }) => {
        if (name !== undefined) await instanceLogs(session, name, options);
        else if (options.follow)
          throw new CliError(
            'Only the output of an instance is followed.',
            EXIT.usage,
            'quayside logs -f <name>',
          );
        else logs(dataDir(), Number(options.lines));
      }),
    );
}

function addDoctor(program: Command, { session, env, dataDir, act }: CommandContext): void {
  program
    .command('doctor [name]')
    .description('why an instance is red; without a name, what a start needs')
    .option('--fix', 'do what mends it', false)
    .option('--value <value>', 'what the fix asks for, when it is no secret')
    .option('--value-from <variable>', 'take it from this variable')
    .action(
      act(async (name: string | undefined, options: DoctorOptions) => {
        if (name !== undefined) await diagnose(session, name, options);
        else if (!(await doctor(dataDir(), env))) session.exitCode = EXIT.failed;
      }),
    );
}

async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const url = env['DATABASE_URL'];
  if (!url)
    throw new CliError(
      'Set DATABASE_URL: the embedded database is migrated at every start.',
      EXIT.configuration,
    );
  // Loaded here only: it brings the ORM and the queues, which no other command needs.
  const { migrateStores } = await import('../app/migrate.js');
  const applied = await migrateStores(url);
  console.log(applied.length === 0 ? 'Nothing to do.' : `Applied: ${applied.join(', ')}`);
}
