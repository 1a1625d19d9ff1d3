import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { readSettingsFile } from '@app/config';
import { addAccessCommands } from './access-commands';
import { addAuditCommands } from './audit-commands';
import { addBackupCommands } from './backup/backup-commands';
import { type CommandContext } from './command-context';
import { candidates } from './completion/candidates';
import { completionScript, SHELLS } from './completion/scripts';
import { exitCodeOf, EXIT, linesOf } from './failures';
import { defaultDataDir } from './home';
import { addInstallationCommands } from './installation-commands';
import { addManifestCommands } from './manifest/manifest-commands';
import { addRemoteCommands } from './remote/remote-commands';
import { addWorkCommands } from './remote/work-commands';
import { addSecretsCommands } from './secrets-commands';
import { type GlobalOptions, Session } from './session';
import { type Terminal } from './terminal';

/** The environment over the `.env` of the working directory: what the user typed last wins. */
export function environmentOf(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = join(process.cwd(), '.env');
  return existsSync(file) ? { ...readSettingsFile(file), ...own } : { ...own };
}

export interface Built {
  readonly program: Command;
  readonly session: Session;
}

export function buildProgram(terminal: Terminal, env: NodeJS.ProcessEnv): Built {
  const program = new Command('quayside')
    .description('The control plane for MCP servers and the agents that use them.')
    .option('--data-dir <folder>', 'the folder with all data of an installation here (DATA_DIR)')
    .option('--url <address>', 'the installation to speak to (QUAYSIDE_URL)')
    .option('--key <key>', 'the API key; better in QUAYSIDE_API_KEY, where nobody else reads it')
    .option('--key-file <path>', 'the file with the API key')
    .option('-o, --as <format>', 'table, json, yaml or name', 'table')
    .option('-q, --quiet', 'nothing but data')
    .option('--verbose', 'show the requests, with the key masked')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.say(text.trimEnd());
      },
    });
  const options = (): GlobalOptions => program.opts<GlobalOptions>();
  const dataDir = (): string => options().dataDir ?? env['DATA_DIR'] ?? defaultDataDir();
  const session = new Session(terminal, env, options, dataDir);
  const act: CommandContext['act'] =
    (work) =>
    async (...args) => {
      try {
        await work(...args);
      } catch (error) {
        for (const line of linesOf(error)) terminal.say(line);
        session.exitCode = exitCodeOf(error);
      }
    };
  const context: CommandContext = { env, dataDir, session, act };
  addInstallationCommands(program, context);
  addRemoteCommands(program, context);
  addWorkCommands(program, context);
  addAccessCommands(program, context);
  addSecretsCommands(program, context);
  addManifestCommands(program, context);
  addBackupCommands(program, context);
  addAuditCommands(program, context);
  addCompletion(program, context);
  return { program, session };
}

function addCompletion(program: Command, { session, act }: CommandContext): void {
  program
    .command('completion <shell>')
    .description(`print the completion of a shell: ${SHELLS.join(', ')}`)
    .action(
      act((shell: string) => {
        session.terminal.out(completionScript(shell));
      }),
    );
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .helpOption(false)
    .action(
      act(async (words: string[]) => {
        session.terminal.out((await candidates(program, session, words)).join('\n'));
      }),
    );
}

/** Help and the like are no failures; what commander refuses is the caller's mistake. */
const SHOWN: ReadonlySet<string> = new Set([
  'commander.help',
  'commander.helpDisplayed',
  'commander.version',
]);

/** Runs one command and answers with what the process ends with. */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const { program, session } = buildProgram(terminal, env);
  try {
    await program.parseAsync(namesCommand(program, args) ? [...args] : ['up', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return SHOWN.has(error.code) ? EXIT.ok : EXIT.usage;
  }
  // Some commands answer a question with how they end, without any error.
  return session.exitCode === EXIT.ok ? Number(process.exitCode ?? EXIT.ok) : session.exitCode;
}

/** Without one everything is started. An option that takes a value swallows the word behind it. */
function namesCommand(program: Command, args: readonly string[]): boolean {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-') || ['-h', '--help'].includes(word)) return true;
    const option = program.options.find(({ long, short }) => word === long || word === short);
    if (option?.required === true) at += 1;
  }
  return false;
}
